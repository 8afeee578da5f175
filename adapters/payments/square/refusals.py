"""What Square's errors mean for us, by their code, their category and the status.

https://developer.squareup.com/docs/build-basics/general-considerations/handling-errors
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.kit.calls import Reply
from adapters.kit.failures import BUSY, DOWN, NO_BECAUSE, REFUSED, Failure, Ruling, Unknown, ruling_for_status
from adapters.kit.verdicts import retry_after
from adapters.payments.square.wire import Trouble
from domain.orders import Reason
from domain.searches import Outcome

_DECLINED: Final = NO_BECAUSE[Reason.DECLINED]
_NOT_POSSIBLE: Final = NO_BECAUSE[Reason.NOT_POSSIBLE]

_BY_CODE: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        "NOT_FOUND": NO_BECAUSE[Reason.NO_SUCH_ORDER],
        "BAD_REQUEST": _NOT_POSSIBLE,  # a payment that is in no state for it
        "REFUND_AMOUNT_INVALID": _NOT_POSSIBLE,
        "REFUND_ALREADY_PENDING": _NOT_POSSIBLE,
        "PAYMENT_NOT_REFUNDABLE": _NOT_POSSIBLE,
        "AMOUNT_TOO_HIGH": _NOT_POSSIBLE,
        "CARD_TOKEN_USED": _DECLINED,
        "CARD_TOKEN_EXPIRED": _DECLINED,
        "IDEMPOTENCY_KEY_REUSED": REFUSED,
        "RATE_LIMITED": BUSY,
        "VERSION_MISMATCH": DOWN,
    }
)
_BY_CATEGORY: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        "PAYMENT_METHOD_ERROR": _DECLINED,
        "REFUND_ERROR": _NOT_POSSIBLE,
        "AUTHENTICATION_ERROR": REFUSED,
        "RATE_LIMIT_ERROR": BUSY,
    }
)
_CONFLICT: Final = 409  # another call under the same key, which may succeed yet


def meant(reply: Reply, errors: tuple[Trouble, ...], *, changes: bool) -> Failure:
    """`changes`: the call was to change something, so that what is neither a yes nor a no leaves it unknown."""
    told = errors[0] if errors else Trouble()
    detail = f"{told.code or reply.status}: {told.detail}"[:500]
    if changes and (reply.status >= 500 or reply.status == _CONFLICT):
        return Unknown(detail, outcome=Outcome.ERROR, code=told.code or None)
    ruling = _BY_CODE.get(told.code) or _BY_CATEGORY.get(told.category) or ruling_for_status(reply.status) or REFUSED
    return ruling.raised(detail, code=told.code or None, retry_after=retry_after(reply))
