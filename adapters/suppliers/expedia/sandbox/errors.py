"""Rapid's refusals: a status, a type and a message, and what is wrong with which field."""

from typing import Any, Final

import falcon.asgi
import orjson

_NESTED: Final = "An invalid request was sent in, please check the nested errors for details."
_SENTENCES: Final = {
    "request_unauthorized": "Your request could not be authorized.",
    "too_many_requests": "You have reached your capacity for this type of request.",
    "unknown_internal_error": "An internal server error has occurred.",
    "internal_error": "An internal server error has occurred.",
    "service_unavailable": "This service is currently unavailable.",
    "resource_not_found": "Itinerary was not found with provided request.",
    "region.not_found": "Region was not found with provided request.",
    "rooms_unavailable": "One or more requested rooms are unavailable.",
    "room_already_cancelled": "Room is already cancelled.",
    "link.expired": "Link is expired.",
}

Field = tuple[str, str, Any]  # where it stands (querystring, body, path, header, server), its name, its value


class Refused(Exception):
    """An answer that is no success, whole."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(body["type"])
        self.status: Final = status
        self.body: Final = body
        self.headers: Final = headers or {}


def flat(status: int, kind: str, *fields: Field, message: str | None = None) -> Refused:
    body: dict[str, Any] = {"type": kind, "message": message or _SENTENCES[kind]}
    if fields:
        body["fields"] = _fields(fields)
    return Refused(status, body)


def invalid(*mistakes: dict[str, Any]) -> Refused:
    """All that is wrong, at once."""
    return Refused(400, {"type": "invalid_input", "message": _NESTED, "errors": list(mistakes)})


def mistake(kind: str, message: str, *fields: Field) -> dict[str, Any]:
    nested: dict[str, Any] = {"type": kind, "message": message}
    if fields:
        nested["fields"] = _fields(fields)
    return nested


def bad_link() -> Refused:
    return invalid(mistake("link.invalid", "Link is invalid."))


def _fields(fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    return [
        {"name": name, "type": place} | ({} if value is None else {"value": value}) for place, name, value in fields
    ]


async def write(_: falcon.asgi.Request, response: falcon.asgi.Response, refused: Refused, __: dict[str, Any]) -> None:
    response.status = refused.status
    response.content_type = falcon.MEDIA_JSON
    response.set_headers(refused.headers)
    response.data = orjson.dumps(refused.body)
