"""What aviationstack says when it says no."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import BUSY, DOWN, REFUSED, SPENT, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.aviationstack.wire import Error, Trouble

ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        "validation_error": REFUSED,
        "missing_access_key": REFUSED,
        "invalid_access_key": REFUSED,
        "inactive_user": REFUSED,
        "Unauthorized": REFUSED,  # the gateway's own word for a key that it can't read
        "function_access_restricted": REFUSED,
        "https_access_restricted": REFUSED,
        "invalid_api_function": REFUSED,
        "404_not_found": REFUSED,
        "usage_limit_reached": SPENT,
        "rate_limit_reached": BUSY,
        "internal_error": DOWN,
    }
)

_TROUBLE: Final = msgspec.json.Decoder(Trouble)


def refusal(reply: Reply) -> Refusal | None:
    """The error that a reply carries, whatever its status says: old plans were refused with a 200."""
    try:
        trouble = _TROUBLE.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None  # no error body of theirs; the status, or reading the page, says what is wrong
    if trouble.error is not None:
        return Refusal(code=trouble.error.code, message=_sentence(trouble.error))
    if trouble.message is not None:
        return Refusal(code=trouble.message, message=trouble.message)
    return None


def _sentence(error: Error) -> str:
    complaints = (
        f"{parameter}: {complaint.message or complaint.key}"
        for parameter, found in (error.context or {}).items()
        for complaint in found
    )
    return " / ".join((error.message or error.code or "an error without words", *complaints))
