"""How the sandbox's own pages read what they are asked, refuse it by name, and answer."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, TypeVar

import falcon
import falcon.asgi
import msgspec

Wanted = TypeVar("Wanted")


class Refused(Exception):
    """Bad input, named: `where` is `{"parameter": …}` or `{"pointer": …}`."""

    def __init__(self, detail: str, *, where: Mapping[str, str] | None = None, status: int = 422) -> None:
        super().__init__(detail)
        self.detail: Final = detail
        self.where: Final = where
        self.status: Final = status


async def tell(_req: falcon.asgi.Request, resp: falcon.asgi.Response, refused: Refused, _params: Any) -> None:
    resp.status = refused.status
    resp.content_type = "application/problem+json"
    problem: dict[str, object] = {"title": "The sandbox can't do that", "detail": refused.detail}
    if refused.where is not None:
        problem["errors"] = [{**refused.where, "detail": refused.detail}]
    resp.data = msgspec.json.encode({"status": refused.status, **problem})


def parameters(req: falcon.asgi.Request, *known: str) -> Mapping[str, str]:
    """The query, each name once. Raises Refused for a name that means nothing here."""
    if unknown := sorted(set(req.params) - set(known)):
        raise Refused(f"there is no parameter {unknown[0]!r}", where={"parameter": unknown[0]})
    if repeated := [name for name, value in req.params.items() if not isinstance(value, str)]:
        raise Refused(f"{repeated[0]!r} is there more than once", where={"parameter": repeated[0]})
    return {name: str(value) for name, value in req.params.items()}


_FAILING_PATH: Final = re.compile(r"(?P<detail>.*?)(?: - at (?:`key` in )?`\$\.?(?P<path>.*)`)?", re.DOTALL)
_UNKNOWN_OR_MISSING: Final = re.compile(r".*(?:unknown|missing required) field `(?P<field>[^`]+)`")


async def body(req: falcon.asgi.Request, wanted: type[Wanted]) -> Wanted:
    """Raises Refused: 400 for what is not JSON, 422 for what is not `wanted`, naming the field."""
    raw = await req.bounded_stream.read()
    try:
        return msgspec.json.decode(raw, type=wanted)
    except msgspec.ValidationError as error:
        raise Refused(str(error), where={"pointer": _pointer(str(error))}) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(f"the body is not JSON: {error}", status=400) from error


def _pointer(complaint: str) -> str:
    """Where msgspec complains, as a JSON pointer; empty for the whole body."""
    told = _FAILING_PATH.fullmatch(complaint)
    path = ((told and told["path"]) or "").removesuffix("[...]")  # a value, or the key, of an object with free names
    named = _UNKNOWN_OR_MISSING.match(complaint)
    return "".join(f"/{part}" for part in (path.replace(".", "/"), named["field"] if named else "") if part)


def send(resp: falcon.asgi.Response, value: object, *, status: int = 200) -> None:
    resp.status = status
    resp.content_type = falcon.MEDIA_JSON
    resp.data = msgspec.json.encode(value)


def day_asked(asked: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(asked.get("date", ""))
    except ValueError as error:
        raise Refused("a date looks like 2027-03-01", where={"parameter": "date"}) from error


def number_asked(asked: Mapping[str, str], name: str) -> int | None:
    """None where it is not asked for."""
    told = asked.get(name)
    if told is not None and not told.isdecimal():
        raise Refused(f"{told!r} is not a number", where={"parameter": name})
    return None if told is None else int(told)
