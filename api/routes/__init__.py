"""Every call that we answer: routing, strict reading and the OpenAPI document all come from these tables."""

from typing import Final

from api.routes import about, around, aviation, bookings, details, operations, prices, search, webhooks

ROUTES: Final = (
    *search.ROUTES,
    *around.ROUTES,
    *prices.ROUTES,
    *details.ROUTES,
    *aviation.ROUTES,
    *bookings.ROUTES,
    *webhooks.ROUTES,
    *operations.ROUTES,
    *about.ROUTES,
)
UNLIMITED: Final = frozenset(route.path for route in ROUTES if route.unlimited)
