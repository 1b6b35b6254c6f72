"""django-oauth-toolkit with one protected resource for each connector. All settings and routes of a small site."""

import hmac
import json
import os
import pathlib
import sys

import django
from django.conf import settings

FOLDER = pathlib.Path(os.environ["SERVER_FOLDER"])
KEY = os.environ["CONFORM_MANAGER_KEY"]
CONNECTORS = ["orders", "products"]

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

settings.configure(
    SECRET_KEY=KEY,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider", "rest_framework"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": FOLDER / "database",
            # several processes write: lock at the start of a transaction, and wait for the lock
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF",
            },
        }
    },
    # secrets are hashed like passwords; the default hash takes half a second for each token
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    OAUTH2_PROVIDER={
        "ACCESS_TOKEN_EXPIRE_SECONDS": 86_400,
        "SCOPES_BACKEND_CLASS": f"{__name__}.ConnectorScopes",
    },
    REST_FRAMEWORK={"DEFAULT_AUTHENTICATION_CLASSES": ["oauth2_provider.contrib.rest_framework.OAuth2Authentication"]},
)
django.setup()

import payloads  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpResponse, JsonResponse, QueryDict  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402
from oauth2_provider.contrib.rest_framework import TokenHasScope  # noqa: E402
from oauth2_provider.generators import generate_client_secret  # noqa: E402
from oauth2_provider.models import get_application_model  # noqa: E402
from oauth2_provider.scopes import BaseScopes  # noqa: E402
from oauth2_provider.views import TokenView  # noqa: E402
from rest_framework.parsers import BaseParser  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

Application = get_application_model()


class ConnectorScopes(BaseScopes):
    """An application has only the scope of its connector."""

    def get_all_scopes(self):
        return {name: f"post to {name}" for name in CONNECTORS}

    def get_available_scopes(self, application=None, request=None, *arguments, **names):
        return [application.user.username] if application and application.user else []

    def get_default_scopes(self, application=None, request=None, *arguments, **names):
        return self.get_available_scopes(application)


class Unread(BaseParser):
    """Leaves the body to the view: the token is checked before the body is read."""

    media_type = "*/*"

    def parse(self, stream, media_type=None, parser_context=None):
        return QueryDict()


class Inbound(APIView):
    permission_classes = [TokenHasScope]
    parser_classes = [Unread]
    http_method_names = ["post"]

    @property
    def required_scopes(self):
        return [self.kwargs["connector"]]

    def post(self, request, connector):
        meta = request.META
        try:
            length = meta.get("CONTENT_LENGTH")
            # chunked: the server below Django finds the end of the body
            stream = request._request if length else meta["wsgi.input"]
            receipt = payloads.receive(
                FOLDER,
                connector,
                meta.get("CONTENT_TYPE"),
                meta.get("HTTP_CONTENT_ENCODING"),
                stream,
                int(length) if length else None,
            )
        except payloads.Refused as refusal:
            return Response({"error": str(refusal)}, status=refusal.status)
        return Response(receipt, status=201)


def managed(view):
    """Requires the manager key for client management."""

    def guarded(request, *arguments, **names):
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {KEY}".encode()):
            response = JsonResponse({"error": "the manager key is required"}, status=401)
            response["WWW-Authenticate"] = "Bearer"
            return response
        response = view(request, *arguments, **names)
        response["Cache-Control"] = "no-store"
        return response

    return csrf_exempt(guarded)


def shown(application):
    return {"client_id": application.client_id, "name": application.name}


def make(connector, name):
    secret = generate_client_secret()
    owner, _ = User.objects.get_or_create(username=connector)
    application = Application.objects.create(
        name=name,
        user=owner,
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    return JsonResponse(shown(application) | {"client_secret": secret}, status=201)


@managed
def clients(request, connector):
    if request.method == "GET":
        found = Application.objects.filter(user__username=connector)
        return JsonResponse({"clients": [shown(one) for one in found]})
    if request.method != "POST":
        response = HttpResponse(status=405)
        response["Allow"] = "GET, POST"
        return response
    try:
        name = json.loads(request.body).get("name")
    except (ValueError, AttributeError):
        name = None
    if not isinstance(name, str) or not name.strip() or len(name) > 255:
        return JsonResponse({"error": "a name of 1 to 255 characters is needed"}, status=422)
    return make(connector, name)


@managed
def client(request, connector, client_id):
    application = Application.objects.filter(user__username=connector, client_id=client_id).first()
    if application is None:
        return JsonResponse({"error": "there is no such client"}, status=404)
    if request.method == "DELETE":
        application.delete()
        return HttpResponse(status=204)
    return JsonResponse(shown(application))


@managed
def replacement(request, connector, client_id):
    application = Application.objects.filter(user__username=connector, client_id=client_id).first()
    if application is None:
        return JsonResponse({"error": "there is no such client"}, status=404)
    return make(connector, application.name)


@managed
def inbox(request, connector):
    return JsonResponse(payloads.inbox(FOLDER, connector, request.GET.get("contains", "")))


urlpatterns = [
    path("oauth/token", TokenView.as_view()),
    *[path(f"v1/acme/{name}", Inbound.as_view(), {"connector": name}) for name in CONNECTORS],
    path("manage/<connector>/clients", clients),
    path("manage/<connector>/clients/<client_id>", client),
    path("manage/<connector>/clients/<client_id>/replacement", replacement),
    path("manage/<connector>/inbox", inbox),
]

application = get_wsgi_application()

if __name__ == "__main__":
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    for name in CONNECTORS:
        User.objects.get_or_create(username=name)
