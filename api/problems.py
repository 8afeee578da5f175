"""Everything that can go wrong, as problem documents (RFC 9457): one table of kinds and one way out."""

from collections.abc import Iterable
from enum import Enum
from typing import Annotated, Final

import msgspec

from domain.searches import Outcome, SupplierReport

MEDIA_TYPE: Final = "application/problem+json"


class Kind(Enum):
    """A kind of trouble: its code, its status and its title."""

    MALFORMED = ("malformed", 400, "The request can't be read")
    UNAUTHORIZED = ("unauthorized", 401, "Credentials are missing or wrong")
    FORBIDDEN = ("forbidden", 403, "This is not for you to do")
    NOT_FOUND = ("not_found", 404, "There is nothing here")
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405, "This place takes other methods")
    CONFLICT = ("conflict", 409, "That does not go with how things stand")
    TOO_LARGE = ("too_large", 413, "The request is too large")
    UNSUPPORTED_MEDIA_TYPE = ("unsupported_media_type", 415, "Bodies are JSON here")
    # Before the plain one: what goes by its status alone is that.
    KEY_REUSED = ("idempotency_key_reused", 422, "This key was used for something else")
    INVALID = ("invalid", 422, "Something in the request makes no sense")
    TOO_MANY_REQUESTS = ("too_many_requests", 429, "Too many requests")
    SUPPLIER_FAILED = ("supplier_failed", 502, "A supplier behind us gives no answer")
    INTERNAL = ("internal", 500, "Something broke on our side")
    UNAVAILABLE = ("unavailable", 503, "We can't answer just now")

    def __init__(self, code: str, status: int, title: str) -> None:
        self.code: Final = code
        self.status: Final = status
        self.title: Final = title

    @property
    def type(self) -> str:
        """Where the documentation explains it, relative to this server."""
        return f"/docs#problem-{self.code.replace('_', '-')}"


class Flaw(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing wrong with the request, at a query parameter or at a JSON pointer into the body."""

    detail: str
    parameter: str | None = None
    pointer: str | None = None


class SupplierTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A supplier that was asked and gave no answer."""

    supplier: str
    status: Outcome
    detail: str | None


class ProblemDocument(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every error looks like."""

    type: Annotated[str, msgspec.Meta(description="Where this kind of problem is explained.")]
    title: str
    status: int
    detail: str
    code: Annotated[str, msgspec.Meta(description="One word for programs; it never changes.")]
    request_id: Annotated[str, msgspec.Meta(description="The same as in X-Request-Id: name it when you ask us.")]
    errors: Annotated[
        tuple[Flaw, ...], msgspec.Meta(description="Everything that is wrong with the input, each with its place.")
    ] = ()
    suppliers: Annotated[
        tuple[SupplierTrouble, ...], msgspec.Meta(description="Whoever was asked in vain, and how that went.")
    ] = ()


class Problem(Exception):
    """Ends a request with a problem document."""

    def __init__(
        self,
        kind: Kind,
        detail: str,
        *,
        flaws: Iterable[Flaw] = (),
        suppliers: Iterable[SupplierTrouble] = (),
        headers: Iterable[tuple[str, str]] = (),
    ) -> None:
        super().__init__(detail)
        self.kind: Final = kind
        self.detail: Final = detail
        self.flaws: Final = tuple(flaws)
        self.suppliers: Final = tuple(suppliers)
        self.headers: Final = tuple(headers)

    def document(self, request_id: str) -> bytes:
        return msgspec.json.encode(
            ProblemDocument(
                type=self.kind.type,
                title=self.kind.title,
                status=self.kind.status,
                detail=self.detail,
                code=self.kind.code,
                request_id=request_id,
                errors=self.flaws,
                suppliers=self.suppliers,
            )
        )


def not_there(what: str) -> Problem:
    return Problem(Kind.NOT_FOUND, what)


def conflict(what: str) -> Problem:
    return Problem(Kind.CONFLICT, what)


def unauthorized(detail: str) -> Problem:
    return Problem(Kind.UNAUTHORIZED, detail, headers=(("WWW-Authenticate", 'Bearer realm="travelhub"'),))


def unavailable(detail: str, *, retry_after_seconds: int = 2) -> Problem:
    return Problem(Kind.UNAVAILABLE, detail, headers=(("Retry-After", str(retry_after_seconds)),))


def supplier_failed(reports: Iterable[SupplierReport]) -> Problem:
    """Nobody who could know has answered; without a report there is nobody who could."""
    asked = tuple(
        SupplierTrouble(supplier=report.supplier, status=report.status, detail=report.detail) for report in reports
    )
    told = "; ".join(f"{one.supplier}: {one.status}" for one in asked)
    detail = f"No answer from {told}." if told else "No supplier that could answer is connected."
    return Problem(Kind.SUPPLIER_FAILED, detail, suppliers=asked)


def invalid(flaws: Iterable[Flaw]) -> Problem:
    """422 for everything that is wrong at once."""
    every = tuple(flaws)
    detail = "; ".join(f"{flaw.parameter or flaw.pointer or 'the body'}: {flaw.detail}" for flaw in every)
    return Problem(Kind.INVALID, detail, flaws=every)
