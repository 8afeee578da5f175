"""The OpenAPI 3.1 document, and the page that people read, made from the table of calls."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from http import HTTPStatus
from importlib.metadata import version
from types import MappingProxyType
from typing import Any, Final

import msgspec

from api import page
from api.params import Choice, fields_of, takes_several, without_none
from api.problems import MEDIA_TYPE, Kind, ProblemDocument
from api.route import JSON, STREAM, Answer, Route, Who
from api.services import Description
from api.webhooks.answers import WebhookMessage
from domain.webhooks import MEANINGS, EventType

Json = dict[str, Any]
_REF: Final = "#/components/schemas/{name}"
_SOON: Final = timedelta(days=60)
_LATER: Final = _SOON + timedelta(days=3)
_INTRODUCTION: Final = """\
Flights, hotels and rental cars from many suppliers in one answer. Reading needs no credentials.

Times are RFC 3339 with the offset of the place they are about; money is a decimal string with its currency;
airports and airlines go by their IATA codes. In a URL several values of one parameter are separated by commas.
Unknown parameters and fields are refused by name. Lists go on at
`page.next`, which is also the `Link` header. Cacheable answers carry an `ETag`; send it back as `If-None-Match`."""

# Headers that answers may carry, with their meaning.
_HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "X-Request-Id": "The request's id: yours where you sent one of 1 to 128 letters, digits, `.`, `_` or `-`.",
        "RateLimit-Policy": "How many requests (`q`) a caller has in how many seconds (`w`).",
        "RateLimit": "How many of them remain (`r`), and in how many seconds (`t`) all are back.",
        "ETag": "Names these bytes; send it back as `If-None-Match`.",
        "Age": "Seconds since the suppliers were asked.",
        "Location": "Where to look next.",
        "Retry-After": "Seconds to wait before that.",
        "Link": 'The next page, as `rel="next"`.',
        "WWW-Authenticate": "What credentials are wanted.",
        "Idempotency-Replayed": "`true`: this is what the first request with the same key was answered.",
    }
)
_ONCE: Final = """\
A name that you make up for what you want done, such as a UUID. Sent again with the same body, you get the same answer and
nothing is done twice; with another body it is refused. It is yours alone, and forgotten after 24 hours."""
_ALWAYS: Final = ("X-Request-Id",)
_LIMITED: Final = ("RateLimit-Policy", "RateLimit")


def description(routes: Sequence[Route], *, today: date) -> Description:
    """`today` is when examples are made for dates that can be asked for."""
    shown = document(routes, today=today)
    return Description(openapi=msgspec.json.encode(shown), page=page.page(shown, tuple(Kind)).encode())


def document(routes: Sequence[Route], *, today: date) -> Json:
    schemas = _schemas(routes)
    days = {"{soon}": (today + _SOON).isoformat(), "{later}": (today + _LATER).isoformat()}
    paths: dict[str, Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas, days)
    return {
        "openapi": "3.1.0",
        "info": {"title": "TravelHub", "version": version("travelhub"), "description": _INTRODUCTION},
        "tags": [{"name": name} for name in dict.fromkeys(route.group.value for route in routes)],
        "paths": paths,
        "webhooks": _webhooks(),
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in _query_names(routes)},
            "headers": {
                name: {"description": meaning, "schema": {"type": "string"}} for name, meaning in _HEADERS.items()
            },
            "securitySchemes": {
                "administrator": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The value of ADMIN_TOKEN.",
                },
                "client_app": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Api-Key",
                    "description": "A key of a client app, which acts for the person who made it.",
                },
                "person": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token of somebody who has signed in.",
                },
            },
        },
    }


def _webhooks() -> Json:
    """What we send to those who have subscribed, by type."""
    return {kind: {"post": _message(kind, meaning)} for kind, meaning in MEANINGS.items()}


def _message(kind: EventType, meaning: str) -> Json:
    return {
        "operationId": f"told_{kind.replace('.', '_')}",
        "summary": f"{meaning[0].upper()}{meaning[1:]}",
        "requestBody": {"required": True, "content": {JSON: {"schema": _one_of((WebhookMessage,))}}},
        "responses": {"2XX": {"description": "You have it. Anything else, and it comes again."}},
    }


def _schemas(routes: Iterable[Route]) -> Json:
    shapes: set[type[msgspec.Struct]] = {ProblemDocument}
    for route in routes:
        shapes |= {shape for answer in route.answers.values() for shape in (*answer.shapes, *answer.events)}
        shapes |= {route.query, *_bodies(route)}
    _, schemas = msgspec.json.schema_components(sorted(shapes, key=lambda shape: shape.__name__), ref_template=_REF)
    return {name: _tidied(schema) for name, schema in sorted(schemas.items())}


def _tidied(schema: Json) -> Json:
    """Docstrings are broken into lines for the source; a document breaks its own."""
    if "description" in schema:
        schema["description"] = " ".join(schema["description"].split())
    return schema


def _query_names(routes: Iterable[Route]) -> frozenset[str]:
    """Shapes of query strings only: they are spelled out as parameters."""
    bodies = {body for route in routes for body in _bodies(route)}
    return frozenset(route.query.__name__ for route in routes if route.query not in bodies)


def _bodies(route: Route) -> tuple[type[msgspec.Struct], ...]:
    if isinstance(route.body, Choice):
        return (*route.body.kinds.values(), *route.body.marked.values())
    return () if route.body is None else (route.body,)


class _Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller shows: any of these schemes of the document, and one as a header."""

    schemes: tuple[str, ...]
    example: str


_SHOWN: Final[Mapping[Who, _Shown]] = MappingProxyType(
    {
        Who.CALLER: _Shown(schemes=("client_app", "person"), example="X-Api-Key: $API_KEY"),
        Who.PERSON: _Shown(schemes=("person",), example="Authorization: Bearer $TOKEN"),
        Who.OPERATOR: _Shown(schemes=("administrator", "person"), example="Authorization: Bearer $TOKEN"),
        Who.ADMIN: _Shown(schemes=("administrator", "person"), example="Authorization: Bearer $ADMIN_TOKEN"),
    }
)


def _operation(route: Route, schemas: Json, days: Mapping[str, str]) -> Json:
    operation: Json = {
        "operationId": route.name or _name(route),
        "tags": [route.group.value],
        "summary": route.summary,
        "parameters": [*_place(route), *_query(route, schemas), *_request_headers(route)],
        "responses": {str(status): _response(route, answer) for status, answer in route.answers.items()}
        | {str(kind.status): _problem(kind) for kind in _problems(route) if kind.status not in route.answers},
        "x-codeSamples": [{"lang": "curl", "source": _curl(route, days)}],
    }
    if note := (route.call.__doc__ or "").strip():
        operation["description"] = " ".join(note.split())
    if route.cacheable:
        operation["responses"]["304"] = {"description": "You have it already.", "headers": _headers("ETag", "Age")}
    if route.body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _body(route.body)}}}
    if route.signed:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}
    if route.who in _SHOWN:
        operation["security"] = [{scheme: []} for scheme in _SHOWN[route.who].schemes]
    return operation


def _name(route: Route) -> str:
    """Module and function, and of what: one function may answer two paths."""
    name = f"{route.call.__module__.rpartition('.')[2]}_{route.call.__name__}"
    return (
        name if "{" not in route.path else f"{name}_{route.path.split('/')[2 if route.path.startswith('/v1') else 1]}"
    )


def _body(body: type[msgspec.Struct] | Choice) -> Json:
    if not isinstance(body, Choice):
        return _one_of((body,))
    if body.marked:  # no one field tells them apart
        return _one_of((*body.kinds.values(), *body.marked.values()))
    mapping = {word: _REF.format(name=kind.__name__) for word, kind in body.kinds.items()}
    return _one_of(tuple(body.kinds.values())) | {"discriminator": {"propertyName": body.field, "mapping": mapping}}


def _one_of(shapes: Sequence[type[msgspec.Struct]]) -> Json:
    references = [{"$ref": _REF.format(name=shape.__name__)} for shape in shapes]
    return references[0] if len(references) == 1 else {"anyOf": references}


def _place(route: Route) -> Iterable[Json]:
    for name, meaning in route.place.items():
        yield {"name": name, "in": "path", "required": True, "description": meaning, "schema": {"type": "string"}}


def _query(route: Route, schemas: Json) -> Iterable[Json]:
    """What has to be there first; the rest as the shape has it."""
    properties = schemas[route.query.__name__].get("properties", {})
    for name, field in sorted(fields_of(route.query).items(), key=lambda named: not named[1].required):
        schema = _without_null(dict(properties[name]))
        parameter = {"name": name, "in": "query", "required": field.required, "schema": schema}
        if takes_several(without_none(field.type)):
            parameter |= {"style": "form", "explode": False}
        if told := schema.pop("description", None):
            parameter["description"] = told
        yield parameter


def _without_null(schema: Json) -> Json:
    """A parameter that may be left out is not one that may be null."""
    members = [member for member in schema.get("anyOf", ()) if member != {"type": "null"}]
    if len(members) != 1:
        return schema
    told: Json = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return {**members[0], **told}


def _request_headers(route: Route) -> Iterable[Json]:
    wanted = []
    if route.cacheable:
        wanted.append(("If-None-Match", "The ETag of the answer that you have: 304 where it is still the one."))
    if any(answer.events or answer.media_type == STREAM for answer in route.answers.values()):
        wanted.append(("Last-Event-ID", "The id of the last event that you got: the stream goes on after it."))
    for name, meaning in wanted:
        yield {"name": name, "in": "header", "required": False, "description": meaning, "schema": {"type": "string"}}
    if route.idempotent:
        schema = {"type": "string", "minLength": 1, "maxLength": 255}
        yield {"name": "Idempotency-Key", "in": "header", "required": True, "description": _ONCE, "schema": schema}


def _response(route: Route, answer: Answer) -> Json:
    caching = ("ETag", "Age") if route.cacheable else ("Idempotency-Replayed",) if route.idempotent else ()
    limited = () if route.unlimited else _LIMITED
    response: Json = {"description": answer.meaning, "headers": _headers(*_ALWAYS, *limited, *answer.headers, *caching)}
    if answer.media_type is not None:
        content: Json = {}
        if answer.shapes:
            content["schema"] = _one_of(answer.shapes)
        response["content"] = {answer.media_type: content}
    if answer.events:
        response["content"][STREAM] = {"schema": _one_of(answer.events)}
    return response


def _problems(route: Route) -> Iterable[Kind]:
    yield Kind.MALFORMED
    if route.who in _SHOWN:
        yield Kind.UNAUTHORIZED
        if route.who is not Who.CALLER:
            yield Kind.FORBIDDEN
    if route.place:
        yield Kind.NOT_FOUND
    yield from route.problems
    if route.idempotent:
        yield Kind.CONFLICT
    if route.body is not None or route.signed:
        yield from (Kind.TOO_LARGE, Kind.UNSUPPORTED_MEDIA_TYPE)
    yield Kind.INVALID
    if not route.unlimited:
        yield Kind.TOO_MANY_REQUESTS
    yield from (Kind.INTERNAL, Kind.UNAVAILABLE)


_PROBLEM_HEADERS: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {
        Kind.UNAUTHORIZED: ("WWW-Authenticate",),
        Kind.TOO_MANY_REQUESTS: ("Retry-After",),
        Kind.UNAVAILABLE: ("Retry-After",),
    }
)


def _problem(kind: Kind) -> Json:
    return {
        "description": f"{HTTPStatus(kind.status).phrase}: {kind.title[0].lower()}{kind.title[1:]}.",
        "headers": _headers(*_ALWAYS, *_PROBLEM_HEADERS.get(kind, ())),
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(name=ProblemDocument.__name__)}}},
    }


def _headers(*names: str) -> Json:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _curl(route: Route, days: Mapping[str, str]) -> str:
    words = ["curl"]
    if route.method != "GET":
        words.append(f"-X {route.method}")
    if route.who in _SHOWN:
        words.append(f'-H "{_SHOWN[route.who].example}"')
    if route.idempotent:
        words.append('-H "Idempotency-Key: $(uuidgen)"')
    example = route.example
    for name, day in days.items():
        example = example.replace(name, day)
    if route.body is not None or route.signed:
        return " ".join((*words, f"-H 'Content-Type: {JSON}'", f"-d '{example}'", f"{page.ORIGIN}{route.path}"))
    return " ".join((*words, f"'{page.ORIGIN}{example or route.path}'"))
