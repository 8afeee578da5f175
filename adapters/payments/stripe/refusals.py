"""What Stripe's errors mean for us, by their type and code.

https://docs.stripe.com/error-handling
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec
import stripe

from adapters.kit.calls import Reply
from adapters.kit.failures import (
    BUSY,
    DOWN,
    NO_BECAUSE,
    REFUSED,
    Answered,
    Failure,
    Ruling,
    TryLater,
    Unknown,
    ruling_for_status,
)
from adapters.kit.verdicts import retry_after
from adapters.payments.gateway import Wanted
from adapters.payments.stripe.reading import NAME
from domain.money import Money
from domain.orders import Reason
from domain.payments import Payment, PaymentStatus
from domain.searches import Outcome

_NOT_POSSIBLE: Final = NO_BECAUSE[Reason.NOT_POSSIBLE]
_GONE: Final = NO_BECAUSE[Reason.EXPIRED]

_BY_CODE: Final[Mapping[str, Ruling]] = MappingProxyType(
    {
        "resource_missing": NO_BECAUSE[Reason.NO_SUCH_ORDER],
        "charge_already_refunded": _NOT_POSSIBLE,
        "charge_disputed": _NOT_POSSIBLE,
        "payment_intent_unexpected_state": _NOT_POSSIBLE,
        "charge_expired_for_capture": _GONE,
        "amount_too_large": _NOT_POSSIBLE,
        "amount_too_small": _NOT_POSSIBLE,
        "rate_limit": BUSY,
        "lock_timeout": DOWN,
    }
)
# The first that the error is one of.
_BY_TYPE: Final[tuple[tuple[type[stripe.StripeError], Ruling], ...]] = (
    (stripe.CardError, NO_BECAUSE[Reason.DECLINED]),
    (stripe.RateLimitError, BUSY),
    (stripe.IdempotencyError, REFUSED),  # our key with other words: a mistake of ours
    (stripe.AuthenticationError, REFUSED),
    (stripe.PermissionError, REFUSED),
    (stripe.InvalidRequestError, REFUSED),
)
_CONFLICT: Final = 409


def meant(error: stripe.StripeError, *, changes: bool) -> Failure:
    """`changes`: the call was to change something, so that what is neither a yes nor a no leaves it unknown.

    A key that is in use already (409) belongs to an earlier attempt of ours that may succeed yet: unknown, too.
    """
    status = error.http_status or 0
    detail = f"{type(error).__name__}: {error.user_message or status}"[:500]
    ruling = (
        _BY_CODE.get(error.code or "")
        or _of_amount(error)
        or next((one for kind, one in _BY_TYPE if isinstance(error, kind)), None)
    )
    if ruling is not None:
        return ruling.raised(detail, code=error.code, retry_after=_pause(error))
    if changes:
        return Unknown(detail, outcome=Outcome.ERROR, code=error.code)
    return TryLater(detail, outcome=Outcome.ERROR, code=error.code, retry_after=_pause(error))


def _of_amount(error: stripe.StripeError) -> Ruling | None:
    """More than there is to be given back has no code of its own."""
    return _NOT_POSSIBLE if isinstance(error, stripe.InvalidRequestError) and error.param == "amount" else None


def declined(refusal: Answered, wanted: Wanted) -> Payment:
    """A card that was refused. `error` names the PaymentIntent that was made nevertheless, or there is none."""
    cause = refusal.__cause__
    error = cause.error if isinstance(cause, stripe.CardError) else None
    told = error.to_dict() if error is not None else {}
    nothing = Money.zero(wanted.amount.currency)
    return Payment(
        gateway=NAME,
        id=(told.get("payment_intent") or {}).get("id") or wanted.reference,
        reference=wanted.reference,
        status=PaymentStatus.DECLINED,
        amount=wanted.amount,
        captured=nothing,
        refunded=nothing,
        decline=told.get("decline_code") or refusal.code,
    )


def not_theirs(reply: Reply, *, changes: bool) -> Failure | None:
    """What is said by something between us and Stripe: no JSON of theirs, which the SDK would stumble over."""
    try:
        told = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        told = None
    ruling = ruling_for_status(reply.status)
    if isinstance(told, dict) and (ruling is None or isinstance(told.get("error"), dict)):
        return None
    detail = f"status {reply.status}, and no answer of Stripe's"
    if changes and (ruling is None or reply.status >= 500 or reply.status == _CONFLICT):
        return Unknown(detail, outcome=Outcome.ERROR)
    return (ruling or DOWN).raised(detail, code=None, retry_after=retry_after(reply))


def stored(error: stripe.StripeError) -> bool:
    """Whether Stripe answers this key with the same trouble for ever, so that asking again under it tells nothing."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    return (error.http_status or 0) >= 500 and headers.get("idempotent-replayed") == "true"


def is_key(failure: Failure) -> bool:
    """Whether our key has been used for something else, or in other words."""
    return isinstance(failure.__cause__, stripe.IdempotencyError)


def is_state(failure: Failure) -> bool:
    """Whether Stripe says that the payment is in no state for this: what state it is in tells the rest."""
    return isinstance(failure, Answered) and failure.code in {
        "payment_intent_unexpected_state", "charge_expired_for_capture", "resource_missing",
    }  # fmt: skip


def _pause(error: stripe.StripeError) -> float | None:
    told = (error.headers or {}).get("retry-after", "")
    return float(told) if told.isdecimal() else None
