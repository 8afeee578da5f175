"""Every call that we answer: routing, strict reading and the OpenAPI document all come from these tables."""

from typing import Final

from api.routes import (
    about,
    admin,
    around,
    aviation,
    bookings,
    details,
    operations,
    payments_webhooks,
    people,
    prices,
    search,
    webhooks,
)

ROUTES: Final = (
    *search.ROUTES,
    *around.ROUTES,
    *prices.ROUTES,
    *details.ROUTES,
    *aviation.ROUTES,
    *people.ROUTES,
    *bookings.ROUTES,
    *payments_webhooks.ROUTES,
    *webhooks.ROUTES,
    *operations.ROUTES,
    *admin.ROUTES,
    *about.ROUTES,
)
UNLIMITED: Final = frozenset(route.path for route in ROUTES if route.unlimited)
