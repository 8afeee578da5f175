"""What Tequila says when it says no: sentences instead of codes, so the codes are ours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import NO, NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.kiwi.wire import ErrorReply
from domain.orders import Reason

# How a sentence of theirs is told from the others, in lower case -> the code that we give it.
_CODES: Final = (
    ("unknown partner", "unknown_partner"),
    ("not recognized location", "unknown_location"),
    ("could not parse", "unreadable_parameter"),
    ("expired booking token", "expired_booking_token"),
)

# An unknown key comes with status 400, which says nothing: the sentence does.
ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        "unknown_partner": REFUSED,
        "unknown_location": NO,
        "unreadable_parameter": REFUSED,
        "expired_booking_token": NO_BECAUSE[Reason.EXPIRED],
    }
)

# The longest error seen is a few hundred bytes. A success is much longer, and is not decoded twice for this.
_LONGEST_ERROR: Final = 16_384
_ERROR: Final = msgspec.json.Decoder(ErrorReply)


def refusal(reply: Reply) -> Refusal | None:
    """None where the body has neither `error` nor `message` in a form that we know; then the status decides alone."""
    if len(reply.body) > _LONGEST_ERROR:
        return None
    try:
        body = _ERROR.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    sentence = "; ".join(filter(None, (body.error, _message(body))))
    if not sentence:
        return None
    lowered = sentence.lower()
    return Refusal(code=next((code for words, code in _CODES if words in lowered), None), message=sentence)


def _message(body: ErrorReply) -> str | None:
    if body.message is None or isinstance(body.message, str):
        return body.message
    return "; ".join(f"{at.param or 'request'}: {', '.join(at.errors) or 'refused'}" for at in body.message)
