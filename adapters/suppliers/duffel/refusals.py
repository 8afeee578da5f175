"""What Duffel says when it says no: a list of errors, of which the first one decides."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import BUSY, DOWN, NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.duffel.wire import Error, Trouble
from domain.orders import Reason

# Their code is the same for a wrong date of ours and for a name that no airline takes: where it points tells them apart.
INVALID_PASSENGER: Final = "invalid_passenger"

ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        # who asks, and how
        "missing_authorization_header": REFUSED,
        "access_token_not_found": REFUSED,
        "expired_access_token": REFUSED,
        "unavailable_feature": REFUSED,
        "missing_version_header": REFUSED,
        "unsupported_version": REFUSED,
        "unsupported_format": REFUSED,
        "bad_request": REFUSED,
        "400": REFUSED,
        "validation_required": REFUSED,
        "validation_format": REFUSED,
        "validation_inclusion": REFUSED,
        "rate_limit_exceeded": BUSY,
        # what became of the offer
        "offer_no_longer_available": NO_BECAUSE[Reason.SOLD_OUT],
        "offer_expired": NO_BECAUSE[Reason.EXPIRED],
        "price_changed": NO_BECAUSE[Reason.PRICE_CHANGED],
        "payment_amount_does_not_match_order_amount": NO_BECAUSE[Reason.PRICE_CHANGED],
        "offer_request_already_booked": NO_BECAUSE[Reason.DUPLICATE],
        "insufficient_balance": NO_BECAUSE[Reason.DECLINED],
        INVALID_PASSENGER: NO_BECAUSE[Reason.INVALID_TRAVELLER],
        "invalid_phone_number": NO_BECAUSE[Reason.INVALID_TRAVELLER],
        # what became of the order
        "not_found": NO_BECAUSE[Reason.NO_SUCH_ORDER],
        "already_cancelled": NO_BECAUSE[Reason.ALREADY_CANCELLED],
        "unsupported_action": NO_BECAUSE[Reason.NOT_CANCELLABLE],
        "order_not_changeable": NO_BECAUSE[Reason.NOT_POSSIBLE],
        # theirs, or the airline's, to mend; an order that was sent stays unknown, since the status is from 500 up
        "airline_unknown": DOWN,
        "airline_internal": DOWN,
        "internal_server_error": DOWN,
        "service_unavailable": DOWN,
        "gateway_timeout_error": DOWN,
    }
)

_ERROR_BEGINS: Final = b'"errors"'
_FIRST_BYTES: Final = 512
_TROUBLE: Final = msgspec.json.Decoder(Trouble)


def refusal(reply: Reply) -> Refusal | None:
    """None where the body has no list of errors; a long success is not decoded a second time to find that out."""
    if reply.status < 400 and _ERROR_BEGINS not in reply.body[:_FIRST_BYTES]:
        return None
    try:
        errors = _TROUBLE.decode(reply.body).errors
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not errors:
        return None
    return Refusal(code=_code(errors[0]), message="; ".join(filter(None, map(_sentence, errors))))


def _code(error: Error) -> str | None:
    if error.type == "validation_error" and error.source and "passengers" in (error.source.pointer or ""):
        return INVALID_PASSENGER
    return None if error.code is None else str(error.code)


def _sentence(error: Error) -> str:
    words = error.message or error.title or ""
    pointer = error.source.pointer if error.source else None
    return f"{pointer}: {words}" if pointer else words
