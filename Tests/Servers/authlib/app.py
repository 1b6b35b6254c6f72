"""Authlib on Flask with one protected resource for each connector. Clients are registered dynamically (RFC 7591)."""

import hmac
import json
import os
import pathlib
import sys

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.integrations.sqla_oauth2 import (
    OAuth2ClientMixin,
    OAuth2TokenMixin,
    create_bearer_token_validator,
    create_query_client_func,
    create_save_token_func,
)
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7591 import ClientRegistrationEndpoint
from authlib.oauth2.rfc7592 import ClientConfigurationEndpoint
from flask import Flask, jsonify, request
from flask_sqlalchemy import SQLAlchemy
from joserfc.jwk import OctKey
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import payloads  # noqa: E402

FOLDER = pathlib.Path(os.environ["SERVER_FOLDER"])
KEY = os.environ["CONFORM_MANAGER_KEY"]
CONNECTORS = ["orders", "products"]
METHODS = ["client_secret_basic", "client_secret_post"]
ASSERTION_METHODS = ["client_secret_jwt", "private_key_jwt"]

app = Flask(__name__)
app.config.update(
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{FOLDER / 'database'}",
    # several processes write: wait for the lock
    SQLALCHEMY_ENGINE_OPTIONS={"connect_args": {"timeout": 20}},
    OAUTH2_SCOPES_SUPPORTED=CONNECTORS,
    OAUTH2_TOKEN_EXPIRES_IN={"client_credentials": 86_400},
)
db = SQLAlchemy(app)


class Client(db.Model, OAuth2ClientMixin):
    id = db.Column(db.Integer, primary_key=True)
    management_token = db.Column(db.String(64))

    def check_endpoint_auth_method(self, method, endpoint):
        if method == "tls_client_auth":
            return self.token_endpoint_auth_method == method
        if method == Assertion.CLIENT_AUTH_METHOD:
            return self.token_endpoint_auth_method in ASSERTION_METHODS
        return method in METHODS and self.token_endpoint_auth_method in METHODS


class Token(db.Model, OAuth2TokenMixin):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer)


class UsedAssertion(db.Model):
    client_id = db.Column(db.String(48), primary_key=True)
    jti = db.Column(db.String(255), primary_key=True)


class Assertion(JWTBearerClientAssertion):
    """Authenticates clients by JSON Web Tokens (RFC 7523)."""

    def get_audiences(self):
        return [request.base_url]

    def resolve_client_public_key(self, client):
        if client.token_endpoint_auth_method == "client_secret_jwt":
            return OctKey.import_key(client.client_secret)
        return client.jwks

    def validate_jti(self, claims, jti):
        db.session.add(UsedAssertion(client_id=claims["sub"], jti=jti))
        try:
            db.session.commit()
        except IntegrityError:
            db.session.rollback()
            return False
        return True


def by_certificate(query_client, _):
    """Authenticates clients by the common names of their certificates (RFC 8705 section 2.1)."""
    connection = request.environ["gunicorn.socket"]
    certificate = connection.getpeercert() if hasattr(connection, "getpeercert") else None
    client_id = request.form.get("client_id")
    names = [value for part in (certificate or {}).get("subject", ()) for _, value in part]
    return query_client(client_id) if client_id in names else None


class Manager:
    """Checks the initial access token (RFC 7591 section 3)."""


class Management:
    """Checks a registration access token (RFC 7592 section 3)."""

    def __init__(self, client):
        self.client = client

    def check_client(self, client):
        return client.client_id == self.client.client_id


def bearer():
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.encode() if scheme == "Bearer" else b""


def is_manager():
    return hmac.compare_digest(bearer(), KEY.encode())


METADATA = {
    "token_endpoint_auth_methods_supported": METHODS + ASSERTION_METHODS,
    "scopes_supported": CONNECTORS,
    "grant_types_supported": ["client_credentials"],
}


class Registration(ClientRegistrationEndpoint):
    def authenticate_token(self, _):
        return Manager() if is_manager() else None

    def get_server_metadata(self):
        return METADATA

    def save_client(self, info, metadata, _):
        client = Client(**info, management_token=self.generate_client_secret(_))
        # a client belongs to the connector where it was registered, regardless of its request
        client.set_client_metadata(metadata | {"scope": request.view_args["connector"]})
        db.session.add(client)
        db.session.commit()
        return client

    def generate_client_registration_info(self, client, _):
        return {
            "registration_client_uri": f"{request.base_url}/{client.client_id}",
            "registration_access_token": client.management_token,
        }


class Configuration(ClientConfigurationEndpoint):
    def authenticate_token(self, _):
        client = Client.query.filter_by(management_token=bearer().decode("latin-1")).first() if bearer() else None
        return Management(client) if client else None

    def authenticate_client(self, _):
        found = Client.query.filter_by(client_id=request.view_args["client_id"]).first()
        return found if found and found.scope == request.view_args["connector"] else None

    def revoke_access_token(self, _, token):
        token.client.management_token = None
        db.session.commit()

    def check_permission(self, client, _):
        return True

    def get_server_metadata(self):
        return METADATA

    def introspect_client(self, client):
        # the secret is shown at its creation only
        shown = super().introspect_client(client)
        del shown["client_secret"]
        return shown

    def generate_client_registration_info(self, client, _):
        return {"registration_client_uri": request.base_url, "registration_access_token": client.management_token}

    def delete_client(self, client, _):
        db.session.delete(client)
        db.session.commit()


class ClientCredentials(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS + [Assertion.CLIENT_AUTH_METHOD, "tls_client_auth"]


server = AuthorizationServer(
    app, create_query_client_func(db.session, Client), create_save_token_func(db.session, Token)
)
server.register_client_auth_method(Assertion.CLIENT_AUTH_METHOD, Assertion())
server.register_client_auth_method("tls_client_auth", by_certificate)
server.register_grant(ClientCredentials)
server.register_endpoint(Registration)
server.register_endpoint(Configuration)

protected = ResourceProtector()
protected.register_token_validator(create_bearer_token_validator(db.session, Token)())


@app.post("/oauth/token")
def token():
    return server.create_token_response()


@app.post("/register/<any(orders, products):connector>")
def register(connector):
    return server.create_endpoint_response("client_registration")


@app.route("/register/<any(orders, products):connector>/<client_id>", methods=["GET", "DELETE"])
def configure(connector, client_id):
    return server.create_endpoint_response("client_configuration")


@app.post("/v1/acme/<any(orders, products):connector>")
def post(connector):
    with protected.acquire([connector]):
        headers = request.headers
        try:
            receipt = payloads.receive(
                FOLDER,
                connector,
                headers.get("Content-Type"),
                headers.get("Content-Encoding"),
                request.stream,
                request.content_length,
            )
        except payloads.Refused as refusal:
            return jsonify(error=str(refusal)), refusal.status
        return jsonify(receipt), 201


@app.get("/inbox/<any(orders, products):connector>")
def inbox(connector):
    if not is_manager():
        return jsonify(error="the manager key is required"), 401, {"WWW-Authenticate": "Bearer"}
    return jsonify(payloads.inbox(FOLDER, connector, request.args.get("contains", "")))


@app.get("/ready")
def ready():
    return jsonify(ready=True)


with app.app_context():

    @event.listens_for(db.engine, "connect")
    def on_connection(connection, _):
        for pragma in ("journal_mode=WAL", "synchronous=OFF"):
            connection.execute(f"PRAGMA {pragma}")


def add_certified_clients():
    """The clients of Tests/Servers/certificates.py."""
    for number, connector in enumerate(["orders", "orders", "orders", "products"], 1):
        client = Client(client_id=f"client-{number}", client_id_issued_at=0, client_secret="")
        client.set_client_metadata(
            {
                "client_name": f"client {number}",
                "grant_types": ["client_credentials"],
                "scope": connector,
                "token_endpoint_auth_method": "tls_client_auth",
            }
        )
        db.session.add(client)
    db.session.commit()


if __name__ == "__main__":
    with app.app_context():
        db.create_all()
        if "certified" in sys.argv:
            add_certified_clients()
