"""Duffel: flights of many airlines through one interface, sold on the agency's own balance."""

from datetime import timedelta
from typing import Final

from adapters.kit.auth import Headers
from adapters.kit.supplier import Cataloguing, Looking, Searching, Selling, Supplier
from adapters.suppliers.duffel.booking import BOOK, QUOTE
from adapters.suppliers.duffel.flights import LIVE_FOR, MOST_PAGES, SLUG, ask, read
from adapters.suppliers.duffel.limits import BUDGET, SANDBOX_BUDGET, quota, retry_after
from adapters.suppliers.duffel.orders import CANCEL, FIND, LOOK, PAY, order_handle
from adapters.suppliers.duffel.reference import MOST_PAGES as CATALOGUE_PAGES
from adapters.suppliers.duffel.reference import (
    ask_for_airlines,
    ask_for_airports,
    ask_for_places,
    check,
    read_airlines,
    read_airports,
    read_places,
)
from adapters.suppliers.duffel.refusals import ERRORS, refusal
from adapters.suppliers.duffel.shapes import PRIVATE, SHAPES
from domain.catalogue import Subject
from domain.enquiries import PlaceEnquiry

SUPPLIER: Final = Supplier(
    slug=SLUG,
    title="Duffel",
    documentation="https://duffel.com/docs/api",
    live_url="https://api.duffel.com",
    # The token alone says whether it is test or live mode; the version is wanted on every call, reads included.
    auth=Headers(headers={"authorization": "Bearer {DUFFEL_ACCESS_TOKEN}", "duffel-version": "v2"}),
    sandbox_secrets={"DUFFEL_ACCESS_TOKEN": "duffel_test_sandbox"},
    budget=BUDGET,
    sandbox_budget=SANDBOX_BUDGET,
    refusal=refusal,
    errors=ERRORS,
    timeout=timedelta(seconds=15),
    patience={"book": timedelta(seconds=60), "confirm": timedelta(seconds=60)},
    offers_live_for=LIVE_FOR,
    searches={
        "flights": Searching(
            operations=("search", "offers"),
            ask=ask,
            read=read,
            honours=frozenset(
                {"origin", "destination", "departure_date", "return_date", "adults", "children", "infants", "cabin"}
            ),
            at_most=1 + MOST_PAGES,
        )
    },
    sells={
        "flights": Selling(
            quote=QUOTE,
            book=BOOK,
            cancel=CANCEL,
            look=LOOK,
            find=FIND,
            pay=PAY,
            handle=order_handle,
            visible_within=timedelta(minutes=15),
            refuses_duplicates=True,
            sold_once=True,
        )
    },
    catalogues={
        Subject.AIRPORTS: Cataloguing(
            operation="airports", ask=ask_for_airports, read=read_airports, at_most=CATALOGUE_PAGES
        ),
        Subject.AIRLINES: Cataloguing(
            operation="airlines", ask=ask_for_airlines, read=read_airlines, at_most=CATALOGUE_PAGES
        ),
    },
    lookups={
        PlaceEnquiry: Looking(
            operation="places", ask=ask_for_places, read=read_places, example=PlaceEnquiry(text="Heathrow")
        )
    },
    quota=quota,
    retry_after=retry_after,
    private=PRIVATE,
    shapes=SHAPES,
    check=check,
)
