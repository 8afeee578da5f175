"""A pretend Rapid over the sandbox's world: properties, rates, bookings, signatures and quota, as its documents say."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final

import falcon.asgi

from adapters.suppliers.expedia.sandbox import errors
from adapters.suppliers.expedia.sandbox.afterwards import OneItinerary, OneRoom
from adapters.suppliers.expedia.sandbox.booking import Booking
from adapters.suppliers.expedia.sandbox.content import Content
from adapters.suppliers.expedia.sandbox.gate import Gate, credential
from adapters.suppliers.expedia.sandbox.itineraries import Register
from adapters.suppliers.expedia.sandbox.places import Geography, Regions
from adapters.suppliers.expedia.sandbox.plays import OUTCOMES, Plays
from adapters.suppliers.expedia.sandbox.shopping import Availability, PriceCheck
from adapters.suppliers.expedia.sandbox.tokens import Tokens
from adapters.suppliers.expedia.sandbox.world import World

__all__ = ["OPERATIONS", "OUTCOMES", "SELLS", "World", "create_app", "credential"]

OPERATIONS: Final = (
    ("POST", r"/v3/properties/geography", "geography"),
    ("GET", r"/v3/properties/availability", "availability"),
    ("GET", r"/v3/properties/content", "content"),
    ("GET", r"/v3/regions", "regions"),
    ("GET", r"/v3/properties/[^/]+/rooms/[^/]+/rates/[^/]+", "price_check"),
    ("GET", r"/v3/itineraries", "find"),
    ("POST", r"/v3/itineraries", "book"),
    ("GET", r"/v3/itineraries/[^/]+", "retrieve"),
    ("PUT", r"/v3/itineraries/[^/]+", "resume"),
    ("DELETE", r"/v3/itineraries/[^/]+", "cancel_held"),
    ("DELETE", r"/v3/itineraries/[^/]+/rooms/[^/]+", "cancel_room"),
)
SELLS: Final = ("hotels",)


def server_time() -> datetime:
    return datetime.now(UTC)


def create_app(world: World, clock: Callable[[], datetime] = server_time) -> Callable[..., Awaitable[None]]:
    """`clock` is the server's own, by which signatures, links, holds and quotas live; `world` has that of travel."""
    tokens = Tokens(world.seed_for("rapid").randbytes(32), clock)
    plays, register = Plays(world), Register(world, tokens, clock)
    app = falcon.asgi.App(middleware=[Gate(clock, register.sweep)])
    app.add_error_handler(errors.Refused, errors.write)
    app.add_route("/v3/properties/geography", Geography(world))
    app.add_route("/v3/properties/availability", Availability(world, tokens, plays))
    app.add_route("/v3/properties/content", Content(world))
    app.add_route("/v3/properties/{property_id}/rooms/{room_id}/rates/{rate_id}", PriceCheck(world, tokens, plays))
    app.add_route("/v3/regions", Regions(world, tokens))
    app.add_route("/v3/itineraries", Booking(world, tokens, plays, register, clock))
    app.add_route("/v3/itineraries/{itinerary_id}", OneItinerary(tokens, plays, register))
    app.add_route("/v3/itineraries/{itinerary_id}/rooms/{room_id}", OneRoom(tokens, plays, register))
    return app
