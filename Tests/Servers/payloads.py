"""The inbound URL of the test servers: checks and stores payloads.

The servers have different OAuth implementations and share this resource.
"""

import fcntl
import json
import pathlib
import secrets

MAX_SIZE = 8 << 20

ENTITIES = {"orders": {"id": str, "lines": list}, "products": {"sku": str, "price": (int, float)}}


class Refused(Exception):
    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def read(stream, length):
    """Reads the body of a request; refuses it as soon as it is too large."""
    if length is not None and length > MAX_SIZE:
        raise Refused(413, "more than 8 MiB")
    body = stream.read(MAX_SIZE + 1) if length is None else stream.read(length)
    if len(body) > MAX_SIZE:
        raise Refused(413, "more than 8 MiB")
    return body


def number(text):
    raise ValueError(f"{text} is not a number of JSON")


def receive(folder, connector, media_type, encoding, stream, length):
    """Stores a payload and returns its receipt; checks its type before it reads the body."""
    if encoding and encoding.lower() != "identity":
        raise Refused(415, "content codings are not supported")
    if (media_type or "").split(";")[0].strip().lower() != "application/json":
        raise Refused(415, "expected application/json")
    body = read(stream, length)
    if not body.strip():
        raise Refused(422, "the payload is blank")
    try:
        payload = json.loads(body, parse_constant=number)
    except (ValueError, RecursionError):
        raise Refused(400, "not JSON") from None
    if payload in (None, {}, [], ""):
        raise Refused(422, "the payload is blank")
    entity = ENTITIES[connector]
    if not isinstance(payload, dict) or not all(isinstance(payload.get(name), kind) for name, kind in entity.items()):
        raise Refused(422, f"not an entity of {connector}")
    with open(pathlib.Path(folder) / f"inbox-{connector}", "ab") as inbox:
        fcntl.flock(inbox, fcntl.LOCK_EX)
        inbox.write(json.dumps(body.decode()).encode() + b"\n")
    return {"id": secrets.token_urlsafe(9), "bytes": len(body)}


def inbox(folder, connector, wanted):
    """The payloads that contain a text."""
    path = pathlib.Path(folder) / f"inbox-{connector}"
    if not path.exists():
        return {"payloads": []}
    with open(path) as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        lines = file.read().splitlines()
    return {"payloads": [body for body in map(json.loads, lines) if wanted in body]}
