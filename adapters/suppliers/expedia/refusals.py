"""What Rapid says when it says no."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import BUSY, DOWN, NO, NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.expedia.wire import ErrorReply
from domain.orders import Reason

ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        "request_unauthenticated": REFUSED,
        "request_unauthorized": REFUSED,
        "upgrade_required": REFUSED,
        "too_many_requests": BUSY,
        "internal_error": DOWN,
        "internal_server_error": DOWN,
        "unknown_internal_error": DOWN,
        "service_unavailable": DOWN,
        "invalid_input": REFUSED,
        # the question itself
        "checkin.invalid_date_in_the_past": NO_BECAUSE[Reason.NOT_POSSIBLE],
        "checkin.invalid_date_too_far_out": NO_BECAUSE[Reason.NOT_POSSIBLE],
        "checkout.invalid_length_of_stay_too_long": NO_BECAUSE[Reason.NOT_POSSIBLE],
        "number_of_occupancies.invalid_above_maximum": NO_BECAUSE[Reason.NOT_POSSIBLE],
        "currency.not_supported": NO_BECAUSE[Reason.NOT_POSSIBLE],
        "region.not_found": NO_BECAUSE[Reason.NOTHING_THERE],
        # buying
        "link.invalid": NO_BECAUSE[Reason.EXPIRED],
        "link.expired": NO_BECAUSE[Reason.EXPIRED],
        "rooms_unavailable": NO_BECAUSE[Reason.SOLD_OUT],
        "price_mismatch": NO_BECAUSE[Reason.PRICE_CHANGED],
        "cc_declined": NO_BECAUSE[Reason.DECLINED],
        "duplicate_itinerary": NO_BECAUSE[Reason.DUPLICATE],
        "email.invalid": NO_BECAUSE[Reason.INVALID_TRAVELLER],
        "phone.invalid": NO_BECAUSE[Reason.INVALID_TRAVELLER],
        "address.country_code.invalid": NO_BECAUSE[Reason.INVALID_TRAVELLER],
        "address.postal_code.required": NO_BECAUSE[Reason.INVALID_TRAVELLER],
        "address.state_province_code.required": NO_BECAUSE[Reason.INVALID_TRAVELLER],
        "hold.not_supported": NO_BECAUSE[Reason.NOT_POSSIBLE],
        # afterwards
        "resource_not_found": NO_BECAUSE[Reason.NO_SUCH_ORDER],
        "room_already_cancelled": NO_BECAUSE[Reason.ALREADY_CANCELLED],
        "payment_options.not_found": NO,
    }
)

# The longest error seen is a few kilobytes. A success is much longer, and is not decoded twice for this.
_LONGEST_ERROR: Final = 16_384
_ERROR: Final = msgspec.json.Decoder(ErrorReply)


def refusal(reply: Reply) -> Refusal | None:
    """The nested error that we know, else the first of them, else the outer one; None for a body without `type`.

    A success never has a `type` of its own. Several mistakes may be told at once.
    """
    if reply.status < 400 or len(reply.body) > _LONGEST_ERROR:
        return None
    try:
        body = _ERROR.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    nested = body.errors or []
    codes = [error.type for error in nested] or [body.type]
    code = next((code for code in codes if code in ERRORS), codes[0])
    return Refusal(
        code=code, message="; ".join(error.message or error.type for error in nested) or body.message or code
    )
