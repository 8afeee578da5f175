"""Every kind of background work, as typed values, and the queue on which each waits."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from domain.enquiries import Enquiry
from domain.matching.properties import Described, Key
from domain.people import Purpose
from domain.queries import Query


class Because(StrEnum):
    """Why suppliers are asked: somebody waits for it, or the answer is kept warm."""

    ASKED = "asked"
    REFRESH = "refresh"


class AskSuppliers(msgspec.Struct, frozen=True, kw_only=True, tag="ask_suppliers"):
    """Ask everybody who sells the query's vertical, and publish each arrival."""

    query: Query
    because: Because = Because.ASKED


class AnswerEnquiry(msgspec.Struct, frozen=True, kw_only=True, tag="answer_enquiry"):
    """Ask whoever knows. `since` stamps the last answer that was known: one that came later has done the work."""

    enquiry: Enquiry
    since: str | None = None


class KeepSearch(msgspec.Struct, frozen=True, kw_only=True, tag="keep_search"):
    """Write what a search has seen to the books: its offers and its prices."""

    search_id: str


class SeenRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a supplier tells of a hotel under a number of its own."""

    key: Key
    told: Described


class MatchHotels(msgspec.Struct, frozen=True, kw_only=True, tag="match_hotels"):
    """Hold what was seen of hotels, and judge all that is new or tells something else which hotel it is."""

    seen: tuple[SeenRecord, ...] = ()


class SyncAirports(msgspec.Struct, frozen=True, kw_only=True, tag="sync_airports"):
    job_id: str


class SyncAirlines(msgspec.Struct, frozen=True, kw_only=True, tag="sync_airlines"):
    job_id: str


class SyncRoutes(msgspec.Struct, frozen=True, kw_only=True, tag="sync_routes"):
    job_id: str


class SyncRates(msgspec.Struct, frozen=True, kw_only=True, tag="sync_rates"):
    """Look what money is worth today."""


class DropExpiredOffers(msgspec.Struct, frozen=True, kw_only=True, tag="drop_expired_offers"):
    """Forget offers that nobody can book any more."""


class DropOldReplies(msgspec.Struct, frozen=True, kw_only=True, tag="drop_old_replies"):
    """Forget what suppliers said more than `days` ago, and the oldest of what takes more room than `most_bytes`."""

    days: int = 3
    most_bytes: int = 2_000_000_000


class DropOldHistory(msgspec.Struct, frozen=True, kw_only=True, tag="drop_old_history"):
    """Forget what callers searched for long ago."""


class TurnPriceDays(msgspec.Struct, frozen=True, kw_only=True, tag="turn_price_days"):
    """Make room for the prices of the days to come; forget prices after `days`, and after `fetch_days` what searches were made of."""

    days: int = 90
    fetch_days: int = 3


class LookAtAlerts(msgspec.Struct, frozen=True, kw_only=True, tag="look_at_alerts"):
    """Ask again for what people want to hear of, `at_most` questions of those that nobody asked for longest."""

    at_most: int = 20


class RefreshPopularSearches(msgspec.Struct, frozen=True, kw_only=True, tag="refresh_popular_searches"):
    """Ask again for what is asked often and grows old."""


class PollWatchedFlights(msgspec.Struct, frozen=True, kw_only=True, tag="poll_watched_flights"):
    """Ask how the flights stand that somebody watches and that are due."""


class DropOldFlights(msgspec.Struct, frozen=True, kw_only=True, tag="drop_old_flights"):
    """Forget flights of days long past, and watches that are over."""


class LookAtBooking(msgspec.Struct, frozen=True, kw_only=True, tag="look_at_booking"):
    """Do what is next for a booking. The message may be lost or come twice: what is due is in the books."""

    booking_id: str


class SweepBookings(msgspec.Struct, frozen=True, kw_only=True, tag="sweep_bookings"):
    """Put every booking on the queue that is due and that nobody is at."""

    at_most: int = 500


class DeliverWebhooks(msgspec.Struct, frozen=True, kw_only=True, tag="deliver_webhooks"):
    """Tell clients whatever is due, and go on as long as there is something."""


class SendLetters(msgspec.Struct, frozen=True, kw_only=True, tag="send_letters"):
    """Send whatever letters are due, and go on as long as there are some."""


class DropOldLetters(msgspec.Struct, frozen=True, kw_only=True, tag="drop_old_letters"):
    """Forget letters that were sent long ago."""


class DropOldWebhooks(msgspec.Struct, frozen=True, kw_only=True, tag="drop_old_webhooks"):
    """Forget what clients were told long ago."""


class HeedGatewayNotices(msgspec.Struct, frozen=True, kw_only=True, tag="heed_gateway_notices"):
    """Wake the bookings that payment gateways have told something of, and write disputes down."""

    at_most: int = 200


class Reconcile(msgspec.Struct, frozen=True, kw_only=True, tag="reconcile"):
    """Compare our bookings with the books of suppliers and gateways, as the run with this id has it."""

    run_id: str


class WriteToAccount(msgspec.Struct, frozen=True, kw_only=True, tag="write_to_account"):
    """Write a link to whoever has this address, which stands sealed in `sealed`; nobody has to have it.

    `number` is the wish's own, so that it is answered once. With a `person_id` it is an address that they say is theirs.
    """

    number: str
    purpose: Purpose
    sealed: str
    app_url: str
    person_id: str | None = None


class RefreshIssuers(msgspec.Struct, frozen=True, kw_only=True, tag="refresh_issuers"):
    """Read what outside issuers publish: their keys change."""


class ForgetPeople(msgspec.Struct, frozen=True, kw_only=True, tag="forget_people"):
    """Forget what was left of people who have gone, and what nobody can sign in with any more."""


class DropIdempotencyKeys(msgspec.Struct, frozen=True, kw_only=True, tag="drop_idempotency_keys"):
    """Forget what requests of a day ago were answered with."""


Job = (
    AskSuppliers
    | AnswerEnquiry
    | KeepSearch
    | MatchHotels
    | SyncAirports
    | SyncAirlines
    | SyncRoutes
    | SyncRates
    | DropExpiredOffers
    | DropOldReplies
    | DropOldHistory
    | RefreshPopularSearches
    | TurnPriceDays
    | LookAtAlerts
    | PollWatchedFlights
    | DropOldFlights
    | LookAtBooking
    | SweepBookings
    | HeedGatewayNotices
    | Reconcile
    | DeliverWebhooks
    | DropOldWebhooks
    | SendLetters
    | DropOldLetters
    | WriteToAccount
    | ForgetPeople
    | RefreshIssuers
    | DropIdempotencyKeys
)


class Queue(StrEnum):
    SEARCH = "search"
    REFRESH = "refresh"
    CATALOGUE = "catalogue"
    HOUSEKEEPING = "housekeeping"
    BOOKINGS = "bookings"
    NOTICES = "notices"  # letters to travellers, webhooks to clients


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Where a kind of job waits, how long one attempt may take, and how often it is tried before it is a dead letter.

    A `resumable` job is interrupted when its worker shuts down, and goes on elsewhere from where it stood.
    """

    queue: Queue
    time_limit: timedelta
    attempts: int
    resumable: bool = False


TERMS: Final[dict[type[Any], Terms]] = {
    # The client is waiting: a search that fails is asked for again by the client, not by us.
    AskSuppliers: Terms(queue=Queue.SEARCH, time_limit=timedelta(seconds=30), attempts=2),
    AnswerEnquiry: Terms(queue=Queue.SEARCH, time_limit=timedelta(seconds=30), attempts=2),
    KeepSearch: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=1), attempts=8),
    MatchHotels: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=5), attempts=5),
    SyncAirports: Terms(queue=Queue.CATALOGUE, time_limit=timedelta(minutes=30), attempts=8, resumable=True),
    SyncAirlines: Terms(queue=Queue.CATALOGUE, time_limit=timedelta(minutes=30), attempts=8, resumable=True),
    SyncRoutes: Terms(queue=Queue.CATALOGUE, time_limit=timedelta(hours=1), attempts=8, resumable=True),
    SyncRates: Terms(queue=Queue.CATALOGUE, time_limit=timedelta(minutes=1), attempts=8),
    DropExpiredOffers: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    DropOldReplies: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    DropOldHistory: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    RefreshPopularSearches: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=1), attempts=2),
    TurnPriceDays: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    LookAtAlerts: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=1), attempts=2),
    # Never tried again: the next one comes in seconds.
    PollWatchedFlights: Terms(queue=Queue.REFRESH, time_limit=timedelta(minutes=1), attempts=1),
    DropOldFlights: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    # Never tried again by the queue: the sweeper knows when, and brings it back.
    LookAtBooking: Terms(queue=Queue.BOOKINGS, time_limit=timedelta(minutes=5), attempts=1),
    # Never tried again: the next one comes in seconds.
    DeliverWebhooks: Terms(queue=Queue.NOTICES, time_limit=timedelta(minutes=1), attempts=1),
    SendLetters: Terms(queue=Queue.NOTICES, time_limit=timedelta(minutes=1), attempts=1),
    DropOldLetters: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    DropOldWebhooks: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    Reconcile: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=20), attempts=3, resumable=True),
    SweepBookings: Terms(queue=Queue.BOOKINGS, time_limit=timedelta(seconds=30), attempts=1),
    HeedGatewayNotices: Terms(queue=Queue.BOOKINGS, time_limit=timedelta(minutes=2), attempts=1),
    WriteToAccount: Terms(queue=Queue.NOTICES, time_limit=timedelta(seconds=30), attempts=8),
    RefreshIssuers: Terms(queue=Queue.REFRESH, time_limit=timedelta(minutes=1), attempts=2),
    ForgetPeople: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
    DropIdempotencyKeys: Terms(queue=Queue.HOUSEKEEPING, time_limit=timedelta(minutes=10), attempts=3),
}


def name(kind: type[Any]) -> str:
    """The job's name on the broker."""
    return str(kind.__struct_config__.tag)


def queue_for(job: Job) -> Queue:
    """A refresh never stands in front of somebody who waits."""
    if isinstance(job, AskSuppliers) and job.because is Because.REFRESH:
        return Queue.REFRESH
    return TERMS[type(job)].queue
