"""A supplier's whole declaration, as one value."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import msgspec

from adapters.kit.auth import Auth
from adapters.kit.budget import Budget
from adapters.kit.calls import Call, Readout, Reply
from adapters.kit.failures import Ruling
from domain.catalogue import Subject
from domain.offers import Offer
from domain.places import Atlas
from domain.queries import Query


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """What an error body says: the supplier's code, looked up in its table of errors, and its sentence."""

    code: str | None
    message: str


class Searching(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier answers searches of one vertical.

    `ask` and `read` are pure. `honours` names the query's fields that change the call; we filter by all others.
    `at_most` bounds the calls (pages, polls) of one conversation.
    """

    operation: str
    ask: Callable[[Query], Call]
    read: Callable[[Reply, Query, Atlas], Readout[Offer]]
    honours: frozenset[str]
    at_most: int = 1


class Cataloguing(msgspec.Struct, frozen=True, kw_only=True):
    """How a supplier lists airports or airlines, page by page; `Readout.next` asks for the page that follows."""

    operation: str
    ask: Callable[[], Call]
    read: Callable[[Reply, Call], Readout[Any]]  # airports or airlines, as the subject has it
    at_most: int


class Supplier(msgspec.Struct, frozen=True, kw_only=True):
    """`sandbox_secrets` are the credentials that the supplier's own sandbox accepts: no secret at all.

    `refusal` reads an error out of a reply, also out of one with status 200, and gives None when there is none;
    `errors` says what each of the supplier's codes means, the status decides on codes that it does not know.
    `timeout` bounds one call from the first byte sent to the last one received.
    """

    slug: str
    title: str
    documentation: str
    live_url: str
    auth: Auth
    sandbox_secrets: Mapping[str, str]
    budget: Budget
    refusal: Callable[[Reply], Refusal | None]
    errors: Mapping[str, Ruling]
    timeout: timedelta = timedelta(seconds=15)
    largest_reply: int = 20_000_000
    offers_live_for: timedelta | None = None
    searches: Mapping[str, Searching] = {}
    catalogues: Mapping[Subject, Cataloguing] = {}
