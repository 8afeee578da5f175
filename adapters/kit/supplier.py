"""A supplier's whole declaration, as one value."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import msgspec

from adapters.kit.auth import Auth
from adapters.kit.budget import Budget
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.drift import Shape
from adapters.kit.failures import Ruling
from adapters.kit.quota import Remaining
from domain.catalogue import Subject
from domain.enquiries import Enquiry
from domain.hotels import Property
from domain.orders import OrderRequest
from domain.places import Atlas


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What an error body says: the supplier's code, looked up in its table of errors, and its sentence."""

    code: str | None
    message: str


class Describing(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier describes its properties, `at_once` ids to a call and `at_most` calls for them with what follows.

    A description stays good for `live_for`.
    """

    operation: str
    ask: Callable[[tuple[str, ...]], Call]
    read: Callable[[Reply, Call], Readout[Property]]
    at_once: int
    at_most: int = 10
    live_for: timedelta = timedelta(days=7)


class Searching(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier answers searches of one vertical.

    `ask` takes the vertical's query, `read` the reply, the call that it answers, that query and the atlas, and gives
    offers. Both are pure. `operations` names those of all calls of the conversation, the first one first. `honours`
    names the query's fields that change a call; we filter by all others. `at_most` bounds the calls (pages, polls).
    `describing` completes stays whose property is no more than an id.
    """

    operations: tuple[str, ...]
    ask: Callable[[Any], Call]
    read: Callable[[Reply, Call, Any, Atlas], Readout[Any]]
    honours: frozenset[str]
    at_most: int = 1
    describing: Describing | None = None


class Cataloguing(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier lists airports, airlines or routes, page by page; `Readout.next` asks for the page that follows."""

    operation: str
    ask: Callable[[], Call]
    read: Callable[[Reply, Call], Readout[Any]]  # airports, airlines or routes, as the subject has it
    at_most: int


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier answers what is asked by a key. `example` is an enquiry that its sandbox has an answer to."""

    operation: str
    ask: Callable[[Any], Call]
    read: Callable[[Reply, Call, Any, Atlas], Readout[Any]]
    example: Enquiry
    at_most: int = 1


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of buying, as a conversation: its last record is the result.

    `ask` takes what the step is about and gives the first call, `read` the reply, its call and the same again.
    Records before the last one say what is known meanwhile: saved, not yet paid.
    """

    operations: tuple[str, ...]
    ask: Callable[[Any], Call]
    read: Callable[[Reply, Call, Any], Readout[Any]]
    at_most: int = 1


def _number_is_enough(_: OrderRequest, __: str) -> Mapping[str, str]:
    return {}


class Selling(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier is bought from.

    `quote` makes a Quote of a QuoteRequest, `book` an Order of an OrderRequest, `look` the Order as it stands of an
    Order, `cancel` a Cancellation of an Order. `find` makes Orders of an OrderRequest whose answer was lost, by our
    own reference or by what the order is about; None where the supplier can't be asked: then an unknown outcome
    stays unknown until people clear it up. A new order may stay invisible to `find` for `visible_within`.
    `pay` makes a paid Order of one that is held; None where booking pays, or nothing can be held.
    `handle` makes what `look` and `cancel` want to hear of an order whose number a person was told, when its answer
    was lost: of the request that it was booked by, and the number.
    `refuses_duplicates`: a second order under the same reference is refused by the supplier itself. `sold_once`: so is
    a second one of the same search, whoever sends it.
    """

    quote: Step
    book: Step
    cancel: Step
    look: Step | None
    find: Step | None
    pay: Step | None = None
    handle: Callable[[OrderRequest, str], Mapping[str, str]] = _number_is_enough
    visible_within: timedelta = timedelta()
    refuses_duplicates: bool = False
    sold_once: bool = False


class Excuse(msgspec.Struct, frozen=True, kw_only=True):
    """A check of the quality scale that this supplier can't pass: why, and when somebody looks at it again."""

    check: str
    reason: str
    review_by: date


class Supplier(msgspec.Struct, frozen=True, kw_only=True):
    """`sandbox_secrets` are the credentials that the supplier's own sandbox accepts: no secret at all.

    `sandbox_budget` is what that sandbox lets these credentials spend, where that is more than the contract.

    `refusal` reads an error out of a reply, also out of one with status 200, and gives None when there is none;
    `errors` says what each of the supplier's codes means, the status decides on codes that it does not know.
    `timeout` bounds one call from the first byte sent to the last one received, `patience` overrides it by operation.
    `quota` reads what the headers say is left, `retry_after` the seconds of a header that is not `Retry-After`.
    `private` names the fields whose values are masked where replies are kept; `shapes` what a reply of an operation
    may hold; `check` is the call that costs least, by which one sees whether the credentials are good.
    """

    slug: str
    title: str
    documentation: str
    live_url: str
    auth: Auth
    sandbox_secrets: Mapping[str, str]
    budget: Budget
    sandbox_budget: Budget | None = None
    refusal: Callable[[Reply], Refusal | None]
    errors: Mapping[str, Ruling]
    timeout: timedelta = timedelta(seconds=15)
    patience: Mapping[str, timedelta] = {}
    largest_reply: int = 20_000_000
    offers_live_for: timedelta | None = None
    searches: Mapping[str, Searching] = {}
    catalogues: Mapping[Subject, Cataloguing] = {}
    lookups: Mapping[type[Any], Looking] = {}
    sells: Mapping[str, Selling] = {}
    quota: Callable[[Reply], tuple[Remaining, ...]] | None = None
    retry_after: Callable[[Reply], float | None] | None = None
    private: frozenset[str] = frozenset()
    shapes: Mapping[str, Shape] = {}
    check: Callable[[], Call] | None = None
    excuses: tuple[Excuse, ...] = ()
