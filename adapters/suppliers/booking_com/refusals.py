"""What the Demand API says when it says no, and how long it wants to be left alone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import DOWN, NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.booking_com.wire import ErrorReply
from domain.orders import Reason

_PAYMENT: Final = "payment_refused"
_PAYMENT_CODES: Final = (
    "book_process_failed",
    "budget_overflow",
    "card_is_expired",
    "card_lost",
    "insufficient_funds",
    "invalid_amount",
    "invalid_card_number",
    "invalid_payment_method",
    "issuer_cvc_check_failed",
    "psp_card_is_blocked",
    "sca_required",
    "withdrawal_amount_exceeded",
    "withdrawal_count_exceeded",
)

ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        # Mistakes of ours; only the first one of a request is told.
        "missing_parameter": REFUSED,
        "invalid_parameter": REFUSED,
        "unknown_parameter": REFUSED,
        "conflicting_parameters": REFUSED,
        "malformed_request": REFUSED,
        "invalid_request": REFUSED,
        "token_endpoint_mismatch": REFUSED,
        "sandbox_blocked": REFUSED,
        # Of a page or an order: either way the way on is to search or to quote again.
        "invalid_token": NO_BECAUSE[Reason.EXPIRED],
        "expired_token": NO_BECAUSE[Reason.EXPIRED],
        "occupancy_mismatch": NO_BECAUSE[Reason.NOT_POSSIBLE],
        "order_unavailable": NO_BECAUSE[Reason.SOLD_OUT],
        "duplicate_request": NO_BECAUSE[Reason.DUPLICATE],
        _PAYMENT: NO_BECAUSE[Reason.DECLINED],
        **{f"{_PAYMENT}_{code}": NO_BECAUSE[Reason.DECLINED] for code in _PAYMENT_CODES},
        # The ids that come with 401 and 403 are not public; these are what our sandbox says.
        "unauthorized": REFUSED,
        "forbidden": REFUSED,
        "500": DOWN,
    }
)

# Above the budget everything is refused until the minute's counter starts anew, and no header says when.
_BLOCKED_SECONDS: Final = 60.0
# A success is much longer, and is not decoded twice for this.
_LONGEST_ERROR: Final = 16_384
_ERROR: Final = msgspec.json.Decoder(ErrorReply)


def refusal(reply: Reply) -> Refusal | None:
    """The first of `errors`; None where there are none, and the status decides alone."""
    if len(reply.body) > _LONGEST_ERROR:
        return None
    try:
        errors = _ERROR.decode(reply.body).errors
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not errors:
        return None
    code = None if errors[0].id is None else str(errors[0].id)
    return Refusal(code=code, message=errors[0].message or "")


def blocked_for(reply: Reply) -> float | None:
    """Seconds, for a 429 that says nothing of it itself."""
    return _BLOCKED_SECONDS if reply.status == 429 and "retry-after" not in reply.headers else None
