"""What the Avis Budget Group says when it says no: its own codes, also under status 404, which means that nothing was found."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import BUSY, DOWN, NO, NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.avis.wire import Error, ErrorReply
from domain.orders import Reason


def _each(codes: str, ruling: Ruling) -> dict[str, Ruling]:
    return dict.fromkeys(codes.split(), ruling)


ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        # The statuses themselves, and the word of the token's host for a token that is not good any more.
        **_each("400 401 403 404 406 415 invalid_grant", REFUSED),
        **_each("429", BUSY),
        **_each("408 500 503 610 40018", DOWN),
        # A field that we left out, or filled with something that is none of its kind.
        **_each("200 202 204 206 207 217 218 219 220", REFUSED),
        # No vehicles; no counter at the pick-up, at the drop-off, at either; none by that keyword.
        **_each("500708 203 205 225 226 227 609", NO_BECAUSE[Reason.NOTHING_THERE]),
        **_each("223", NO_BECAUSE[Reason.SOLD_OUT]),
        # In the past, backwards, too long, too short, not one way, closed at the pick-up, closed at the return.
        **_each("231 14129 232 14126 221 14442 22224 14381 242 14261", NO_BECAUSE[Reason.NOT_POSSIBLE]),
        # The rate, or the class at that rate, is not sold any more.
        **_each("14528 14105 19074 14022", NO_BECAUSE[Reason.EXPIRED]),
        # Discounts, coupons, memberships and flights, none of which we send.
        **_each("14075 1798 216 14372 209 1102 60010 14374 1122 1103 1109 1112 1124 1203", REFUSED),
        **_each("208 14184 19076 234 235 237 239", REFUSED),
        # Names, email, country, city, postal code.
        **_each("210 212 215 13213 12012 19001", NO_BECAUSE[Reason.INVALID_TRAVELLER]),
        **_each("14220 300102 900909", NO_BECAUSE[Reason.DECLINED]),
        **_each("300100 300101 300111 14299", REFUSED),
        "150004": NO_BECAUSE[Reason.NO_SUCH_ORDER],
        "14036": NO_BECAUSE[Reason.ALREADY_CANCELLED],
        # Their back end's own no, without a reason that anybody could act on.
        **_each("319 1005 14025 14441 19082", NO),
    }
)

_ERROR: Final = msgspec.json.Decoder(ErrorReply)


def refusal(reply: Reply) -> Refusal | None:
    """None for a success and for a body that is no answer of theirs; then the status decides alone."""
    if b'"error' not in reply.body:
        return None
    try:
        told = _ERROR.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if told.error:
        return Refusal(code=told.error, message=told.error_description or told.error)
    errors = (*(told.status.errors if told.status else ()), *told.errors)
    if not errors:
        return None
    codes = [str(error.code) for error in errors if error.code is not None]
    known = (code for code in codes if code in ERRORS)
    return Refusal(code=next(known, codes[0] if codes else None), message=_sentence(errors))


def _sentence(errors: Iterable[Error]) -> str:
    return "; ".join(dict.fromkeys(_sentences(errors))) or "an error without a word"


def _sentences(errors: Iterable[Error]) -> Iterator[str]:
    for error in errors:
        if said := (error.details or error.reason or error.message or "").strip():
            yield said
