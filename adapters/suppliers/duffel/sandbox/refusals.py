"""Duffel's way of saying no: status, type and code, in a list of errors."""

from typing import Final

import msgspec

_TITLES: Final = {
    "airline_error": "The airline refused",
    "api_error": "Something went wrong",
    "authentication_error": "Not authenticated",
    "invalid_request_error": "The request can't be understood",
    "invalid_state_error": "Not in this state",
    "rate_limit_error": "Too many requests",
    "validation_error": "A field is not valid",
}


class Refused(Exception):
    """`pointer` is where in the body a validation went wrong."""

    def __init__(self, status: int, kind: str, code: str | int, message: str, *, pointer: str | None = None) -> None:
        super().__init__(message)
        self.status: Final = status
        self.kind: Final = kind
        self.code: Final = code
        self.message: Final = message
        self.pointer: Final = pointer

    def body(self, request_id: str) -> bytes:
        error: dict[str, object] = {
            "type": self.kind,
            "title": _TITLES[self.kind],
            "message": self.message,
            "code": self.code,
            "documentation_url": "https://duffel.com/docs/api/overview/errors",
        }
        if self.pointer is not None:
            error["source"] = {"field": self.pointer.rpartition("/")[2], "pointer": self.pointer}
        return msgspec.json.encode({"errors": [error], "meta": {"status": self.status, "request_id": request_id}})


def malformed(message: str) -> Refused:
    return Refused(400, "invalid_request_error", "bad_request", message)


def missing(what: str) -> Refused:
    return Refused(404, "invalid_request_error", "not_found", f"The {what} you are looking for does not exist")


def invalid(pointer: str, message: str, code: str = "validation_format") -> Refused:
    return Refused(422, "validation_error", code, message, pointer=pointer)


def required(pointer: str) -> Refused:
    return invalid(pointer, f"{pointer.rpartition('/')[2]} can't be blank", "validation_required")


def wrong_state(code: str, message: str) -> Refused:
    return Refused(422, "invalid_state_error", code, message)


def unsupported(message: str) -> Refused:
    return Refused(422, "airline_error", "unsupported_action", message)


def gone() -> Refused:
    return wrong_state("offer_no_longer_available", "Please select another offer, or create a new offer request")


def wrong_amount() -> Refused:
    return Refused(
        422,
        "validation_error",
        "payment_amount_does_not_match_order_amount",
        "The amount or currency is not that of the order",
    )
