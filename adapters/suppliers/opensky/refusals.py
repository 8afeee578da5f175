"""What OpenSky says when it says no, or when there is nothing: mostly the status alone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit.calls import Reply
from adapters.kit.failures import NO_BECAUSE, REFUSED, Ruling
from adapters.kit.supplier import Refusal
from adapters.suppliers.opensky.wire import ErrorReply
from domain.orders import Reason

NOTHING: Final = "nothing_there"  # a code of ours: they send a status and not a single byte

ERRORS: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        NOTHING: NO_BECAUSE[Reason.NOTHING_THERE],
        "invalid_client": REFUSED,
        "unauthorized_client": REFUSED,
        "unsupported_grant_type": REFUSED,
        "invalid_request": REFUSED,
    }
)

_LONGEST_SENTENCE: Final = 200
_ERROR: Final = msgspec.json.Decoder(ErrorReply)


def refusal(reply: Reply) -> Refusal | None:
    """None for a success. A 404 without a body means that nobody flew; with one it is a mistake of ours."""
    if reply.status < 400:
        return None
    if reply.status == 404 and not reply.body.strip():
        return Refusal(code=NOTHING, message="no flights and no track are known for that")
    try:
        told = _ERROR.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Refusal(code=None, message=_sentence(reply.body))
    return Refusal(code=told.error, message=told.error_description or told.error or "")


def _sentence(body: bytes) -> str:
    """Nothing for a page of HTML."""
    text = body[: 4 * _LONGEST_SENTENCE].decode(errors="replace").strip()
    return "" if text.startswith("<") else text[:_LONGEST_SENTENCE]
