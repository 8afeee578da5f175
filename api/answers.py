"""The shapes of what we answer, whatever it is about; the OpenAPI document is made from them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta

from domain.catalogue import JobState, Subject
from domain.findings import Severity
from domain.offers import ComponentKind
from domain.searches import Outcome, Status

Instant = Annotated[datetime, Meta(tz=True)]
LocalTime = Annotated[datetime, Meta(tz=True, description="On the clock of the place, with its offset.")]
Iata = Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["LHR"])]
Next = Annotated[str | None, Meta(description="The `cursor` of the next page, null on the last one.")]


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """An exact amount with the digits of its currency, and the currency's ISO 4217 code."""

    amount: Annotated[str, Meta(pattern=r"^-?\d+(\.\d+)?$", examples=["129.90"])]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["EUR"])]


class Location(msgspec.Struct, frozen=True, kw_only=True):
    """WGS-84 degrees."""

    latitude: float
    longitude: float


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """`country` is ISO 3166-1 alpha-2."""

    lines: tuple[str, ...]
    city: str | None
    postal_code: str | None
    country: str | None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """`total` counts what the filters let through, over all pages."""

    next: Next
    total: int


class Freshness(StrEnum):
    FRESH = "fresh"
    STALE = "stale"


class SkippedRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a supplier that could not be read: where it stood, and why."""

    where: str
    why: str


class SupplierReport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one supplier's part of a search went; `detail` says why it is missing."""

    supplier: str
    status: Outcome
    offers: int
    took_ms: int | None
    fetched_at: Instant | None
    skipped_records: int
    skipped: tuple[SkippedRecord, ...] = ()
    detail: str | None = None


class Replacement(msgspec.Struct, frozen=True, kw_only=True):
    """A result that was shown before this version and is not what it was: offers have left it, or it is gone.

    `now` are the results that hold its offers, itself among them where it kept some; empty where nobody sells any of them.
    """

    version: int
    result: str
    now: tuple[str, ...]


class SearchHead(msgspec.Struct, frozen=True, kw_only=True):
    """Null times mean that no supplier has answered yet. `age_seconds` is the age when this was sent.

    `version` counts the arrivals; `replaced` tells of all that was shown meanwhile and has been taken back, in order.
    """

    id: str
    vertical: str
    status: Status
    freshness: Freshness
    fetched_at: Instant | None
    expires_at: Instant | None
    age_seconds: int | None
    suppliers: tuple[SupplierReport, ...]
    version: int = 0
    replaced: tuple[Replacement, ...] = ()


class PriceComponent(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a price; the parts add up to it exactly. What is `on_site` is paid at the desk or the counter.

    `due` is what will be asked for there, where that is money of another currency: `amount` is then what it is worth.
    """

    kind: ComponentKind
    amount: Money
    label: str | None
    on_site: bool
    due: Money | None


class Converted(msgspec.Struct, frozen=True, kw_only=True):
    """What a price is worth in the currency of the search: for the eye, and for sorting and filtering by. Never charged.

    It is the price times `rate`, rounded half to even; `rate_on` is the day of the rate.
    """

    amount: Money
    rate: Annotated[str, Meta(pattern=r"^\d+(\.\d+)?$", examples=["0.8531"])]
    rate_on: date


class CancellationStep(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever cancels from this time on owes the fee; null: from the moment of booking."""

    since: Instant | None
    fee: Money


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs to cancel. Before the first step nothing is owed, after the last one its fee is.

    `free_until` is null where it costs something from the start, and where it never does: then no step has a fee.
    """

    free_until: Instant | None
    steps: tuple[CancellationStep, ...]


Terms = TypeVar("Terms", bound=msgspec.Struct)
Found = TypeVar("Found", bound=msgspec.Struct)
Facets = TypeVar("Facets", bound=msgspec.Struct)


class Offer(msgspec.Struct, Generic[Terms], frozen=True, kw_only=True):
    """What one supplier would sell, whatever it is. What has no place of its own is in `supplier_extra`.

    `price` is what is charged, in the supplier's own currency. Where that is not the currency of the search, `converted`
    says what it is worth there; it is null for all others.
    """

    id: str
    supplier: str
    price: Money
    converted: Converted | None
    price_components: tuple[PriceComponent, ...]
    conditions: Terms
    fetched_at: Instant
    expires_at: Instant
    bookable: bool
    seats_left: int | None
    supplier_extra: dict[str, str]


class PriceRange(msgspec.Struct, frozen=True, kw_only=True):
    min: Money
    max: Money


class MinutesRange(msgspec.Struct, frozen=True, kw_only=True):
    min: int
    max: int


class ResultCount(msgspec.Struct, frozen=True, kw_only=True):
    results: int


class Findings(msgspec.Struct, Generic[Found, Facets], frozen=True, kw_only=True):
    """The part of an answer that does not grow older."""

    results: tuple[Found, ...]
    facets: Facets
    page: Page


class SearchAnswer(msgspec.Struct, Generic[Found, Facets], frozen=True, kw_only=True):
    """A search: how it stands, what was found, what could be filtered, and where the next page is."""

    search: SearchHead
    results: tuple[Found, ...]
    facets: Facets
    page: Page


class Airport(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`city_code` is the IATA metropolitan code, `timezone` an IANA name; `distance_km` answers `near`.

    `vanished_at` is when the source was found to list the airport no more.
    """

    iata: Iata
    icao: str | None
    name: str
    city: str
    city_code: str | None
    country: str
    subdivision: str | None
    timezone: str
    location: Location
    elevation_feet: int | None
    distance_km: float | None = None
    vanished_at: Instant | None = None


class Airline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """At least one designator is there; `active` is null where the source does not say.

    `vanished_at` is when the source was found to list the airline no more.
    """

    iata: str | None
    icao: str | None
    name: str
    country: str | None
    callsign: str | None
    active: bool | None
    vanished_at: Instant | None = None


class AirportList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[Airport, ...]
    page: Page


class AirlineList(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[Airline, ...]
    page: Page


class SyncJob(msgspec.Struct, frozen=True, kw_only=True):
    """The progress of a catalogue sync. `expected` is the source's own count of rows, null until it has told one.

    `skipped` names the first records that could not be read; `vanished` rows are kept and marked.
    """

    id: str
    subject: Subject
    state: JobState
    source: str | None
    pages: int
    rows: int
    expected: int | None
    skipped_records: int
    skipped: tuple[SkippedRecord, ...]
    vanished: int
    created_at: Instant
    started_at: Instant | None
    finished_at: Instant | None
    detail: str | None


class Standing(StrEnum):
    UP = "up"
    DOWN = "down"


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: Standing


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this process can answer searches, and what it waits for."""

    status: Standing
    waiting_for: tuple[str, ...]


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """Something that we can't do without, and a sentence on how it stands."""

    name: str
    status: Standing
    detail: str


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """One of our processes, heard of within the last ten seconds."""

    process: str
    host: str
    pid: int
    at: Instant
    acting: Annotated[bool | None, Meta(description="Of schedulers only: whether it is the one that acts.")]
    queues: tuple[str, ...]


class SupplierState(StrEnum):
    """`down`: it has failed too often and is left alone; `waiting`: it asked us to; `spent`: a budget has nothing left."""

    UP = "up"
    DOWN = "down"
    WAITING = "waiting"
    SPENT = "spent"


class SupplierBreaker(msgspec.Struct, frozen=True, kw_only=True):
    """Calls of the last while, and how many of them failed. While it is open, `opens_in_seconds` until the next probe."""

    open: bool
    opens_in_seconds: float | None
    calls: int
    failed: int


class SupplierAllowance(msgspec.Struct, frozen=True, kw_only=True):
    """`calls` in any `seconds`, of these operations or, where none is named, of all; so much is `left` now."""

    calls: int
    seconds: float
    operations: tuple[str, ...]
    left: int


class SupplierStanding(msgspec.Struct, frozen=True, kw_only=True):
    """One supplier, over all processes. `calls_today` counts by how calls ended, `operations` the same for each.

    `waiting_seconds` is how long it has asked us not to call. A day is one of UTC.
    """

    supplier: str
    title: str
    state: SupplierState
    live: Annotated[bool, Meta(description="With our own key; else at the sandbox.")]
    sells: tuple[str, ...]
    lists: tuple[str, ...]
    breaker: SupplierBreaker
    budget: tuple[SupplierAllowance, ...]
    concurrency: int
    under_way: int
    waiting_seconds: float
    calls_today: dict[str, int]
    operations: dict[str, dict[str, int]]


class BookingsHealth(msgspec.Struct, frozen=True, kw_only=True):
    """`under_way` are bookings at which a worker looks again; `overdue_seconds` is how long the first of them is due.

    `findings` counts those that wait for somebody, by severity.
    """

    under_way: int
    in_doubt: int
    overdue_seconds: float
    findings: dict[Severity, int]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """`bookings` is null while PostgreSQL is away. They change no status: a process is well whatever suppliers do."""

    status: Standing
    dependencies: tuple[Dependency, ...]
    processes: tuple[Process, ...]
    bookings: BookingsHealth | None
