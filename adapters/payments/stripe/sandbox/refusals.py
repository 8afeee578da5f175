"""Refusals as Stripe writes them.

https://docs.stripe.com/api/errors
"""

from typing import Any, Final


class Refused(Exception):
    """`kept`: an idempotency key keeps this answer, as it does for whatever was begun."""

    def __init__(self, status: int, kind: str, message: str, *, kept: bool = True, **more: Any) -> None:
        super().__init__(message)
        self.status: Final = status
        self.kept: Final = kept
        self.body: Final = {"error": {"type": kind, "message": message, **more}}


def invalid(message: str, *, param: str | None = None, code: str | None = None, **more: Any) -> Refused:
    named: dict[str, Any] = {"param": param, "code": code, **more}
    return Refused(400, "invalid_request_error", message, **{name: value for name, value in named.items() if value})


def missing(what: str, number: str) -> Refused:
    return Refused(
        404, "invalid_request_error", f"No such {what}: '{number}'", code="resource_missing", param="id", kept=False
    )


def unexpected(message: str, intent: dict[str, Any]) -> Refused:
    return invalid(message, code="payment_intent_unexpected_state", payment_intent=intent)


def broken() -> Refused:
    return Refused(500, "api_error", "An unexpected error occurred in the sandbox, as it was asked to")
