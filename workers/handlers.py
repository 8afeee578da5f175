"""The table of background work: which handler does which kind of job, and what is said when one is given up."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from domain.jobs import (
    AnswerEnquiry,
    AskSuppliers,
    DeliverWebhooks,
    DropExpiredOffers,
    DropIdempotencyKeys,
    DropOldFlights,
    DropOldHistory,
    DropOldLetters,
    DropOldReplies,
    DropOldWebhooks,
    ForgetPeople,
    HeedGatewayNotices,
    KeepSearch,
    LookAtAlerts,
    LookAtBooking,
    MatchHotels,
    PollWatchedFlights,
    Reconcile,
    RefreshIssuers,
    RefreshPopularSearches,
    SendLetters,
    SweepBookings,
    SyncAirlines,
    SyncAirports,
    SyncRates,
    SyncRoutes,
    TurnPriceDays,
    WriteToAccount,
)
from storage import dead_letters
from workers.accounts import forget_people, write_to_account
from workers.alerts import look_at_alerts
from workers.aviation import drop_old_flights, poll_watched_flights
from workers.bookings.looking import look_at_booking
from workers.bookings.sweeping import sweep_bookings
from workers.catalogue import give_up_sync, sync_airlines, sync_airports, sync_routes
from workers.enquiries import answer_enquiry
from workers.gateway_notices import heed_gateway_notices
from workers.history import drop_old_history
from workers.housekeeping import drop_expired_offers, drop_old_replies, refresh_popular_searches
from workers.idempotency import drop_idempotency_keys
from workers.identity import refresh_issuers
from workers.letters.sending import drop_old_letters, send_letters
from workers.matching import match_hotels
from workers.prices import turn_price_days
from workers.rates import sync_rates
from workers.reconciling.running import give_up_reconcile, reconcile
from workers.search import ask_suppliers, keep_search
from workers.tools import Tools
from workers.webhooks import deliver_webhooks, drop_old_webhooks

# Each handler takes its own kind of job; the table pairs them, and a test compares it with the set of all kinds.
Handler = Callable[[Any, Tools], Awaitable[None]]

HANDLERS: Final[Mapping[type[Any], Handler]] = MappingProxyType(
    {
        AskSuppliers: ask_suppliers,
        AnswerEnquiry: answer_enquiry,
        KeepSearch: keep_search,
        MatchHotels: match_hotels,
        SyncAirports: sync_airports,
        SyncAirlines: sync_airlines,
        SyncRoutes: sync_routes,
        SyncRates: sync_rates,
        DropExpiredOffers: drop_expired_offers,
        DropOldReplies: drop_old_replies,
        DropOldHistory: drop_old_history,
        RefreshPopularSearches: refresh_popular_searches,
        TurnPriceDays: turn_price_days,
        LookAtAlerts: look_at_alerts,
        PollWatchedFlights: poll_watched_flights,
        DropOldFlights: drop_old_flights,
        Reconcile: reconcile,
        LookAtBooking: look_at_booking,
        SweepBookings: sweep_bookings,
        HeedGatewayNotices: heed_gateway_notices,
        DeliverWebhooks: deliver_webhooks,
        DropOldWebhooks: drop_old_webhooks,
        SendLetters: send_letters,
        DropOldLetters: drop_old_letters,
        WriteToAccount: write_to_account,
        ForgetPeople: forget_people,
        RefreshIssuers: refresh_issuers,
        DropIdempotencyKeys: drop_idempotency_keys,
    }
)

# What has to be set right when a job becomes a dead letter; the others leave nothing half done.
GIVEN_UP: Final[Mapping[type[Any], Callable[[Any, str, Tools], Awaitable[None]]]] = MappingProxyType(
    {SyncAirports: give_up_sync, SyncAirlines: give_up_sync, SyncRoutes: give_up_sync, Reconcile: give_up_reconcile}
)


async def note_dead_letter(message_id: str, why: str, tools: Tools) -> None:
    """For whoever looks at what was given up."""
    await dead_letters.note(tools.redis, message_id, why)
