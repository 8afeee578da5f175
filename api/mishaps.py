"""Every exception that reaches Falcon leaves as a problem document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import falcon
import falcon.asgi
import structlog

from api.front import REQUEST_ID, ROUTE
from api.problems import MEDIA_TYPE, Kind, Problem, unavailable
from storage.failures import StorageDown

_log: Final = structlog.get_logger(__name__)

# What Falcon itself finds wrong, by its status; anything else that it raises is a request that can't be read.
_BY_STATUS: Final[Mapping[int, Kind]] = MappingProxyType({kind.status: kind for kind in Kind})


def answer_mishaps(app: "falcon.asgi.App[Any, Any]") -> None:
    app.add_error_handler(Problem, _problem)
    app.add_error_handler(StorageDown, _storage_down)
    app.add_error_handler(falcon.HTTPError, _falcon_said_no)
    app.add_error_handler(Exception, _mistake)


async def _problem(req: falcon.asgi.Request, resp: falcon.asgi.Response, problem: Exception, _: dict[str, Any]) -> None:
    assert isinstance(problem, Problem)
    _write(req, resp, problem)


async def _storage_down(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, error: Exception, _: dict[str, Any]
) -> None:
    """A background task has logged the break once; clients learn only that it is us."""
    _log.debug("request.storage_down", request_id=_id(req), error=str(error))
    _write(req, resp, unavailable("A store behind us does not answer just now; nothing is wrong with the request."))


async def _falcon_said_no(
    req: falcon.asgi.Request, resp: falcon.asgi.Response, error: Exception, _: dict[str, Any]
) -> None:
    assert isinstance(error, falcon.HTTPError)
    kind = _BY_STATUS.get(error.status_code, Kind.MALFORMED)
    headers = error.headers if isinstance(error.headers, dict) else dict(error.headers or ())
    detail = error.description or _DETAILS.get(kind, kind.title)
    _write(req, resp, Problem(kind, detail.format(method=req.method, path=req.path), headers=headers.items()))


async def _mistake(req: falcon.asgi.Request, resp: falcon.asgi.Response, error: Exception, _: dict[str, Any]) -> None:
    """The process edge: a mistake of ours. The trace goes to the log, the client gets the id to name it by."""
    _log.error("request.broke", request_id=_id(req), route=req.scope.get(ROUTE), method=req.method, exc_info=error)
    _write(req, resp, Problem(Kind.INTERNAL, "This is a mistake of ours, and it is in our log under the request's id."))


_DETAILS: Final[Mapping[Kind, str]] = MappingProxyType(
    {
        Kind.NOT_FOUND: "No call has this path; /docs lists them all.",
        Kind.METHOD_NOT_ALLOWED: "The Allow header lists the methods of this path.",
    }
)


def _write(req: falcon.asgi.Request, resp: falcon.asgi.Response, problem: Problem) -> None:
    resp.status = problem.kind.status
    resp.data = problem.document(_id(req))
    resp.content_type = MEDIA_TYPE
    resp.set_header("Cache-Control", "no-store")
    for name, value in problem.headers:
        resp.set_header(name, value)


def _id(req: falcon.asgi.Request) -> str:
    return str(req.scope[REQUEST_ID])
