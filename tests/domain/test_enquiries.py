"""Enquiries: one id for one question, and for each kind how long its answer holds."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import msgspec

from domain.enquiries import (
    KEPT,
    Box,
    Enquiry,
    OffersEnquiry,
    PlaceEnquiry,
    PositionsEnquiry,
    QuoteEnquiry,
    StatusEnquiry,
    TrackEnquiry,
    enquiry_id,
)
from tests.builders import DEPARTURE, flight_query

SOME: tuple[Enquiry, ...] = (
    StatusEnquiry(carrier="BA", number="117", day=DEPARTURE),
    StatusEnquiry(carrier="BA", number="117", day=DEPARTURE + timedelta(days=1)),
    PositionsEnquiry(),
    PositionsEnquiry(box=Box(south=45, west=5, north=47, east=10)),
    PlaceEnquiry(text="a"),
    QuoteEnquiry(offer_id="a"),
    TrackEnquiry(icao24="4b6929"),
    TrackEnquiry(icao24="4b6929", at=datetime(2027, 1, 1, tzinfo=UTC)),
    OffersEnquiry(query=flight_query(), suppliers=("heron",), things=("a",)),
    OffersEnquiry(query=flight_query(), suppliers=("heron",), things=("b",)),
)


def test_every_kind_of_enquiry_says_how_long_its_answer_holds() -> None:
    assert set(KEPT) == set(get_args(Enquiry))
    for kept in KEPT.values():
        assert timedelta() <= kept.fresh < kept.usable
        assert kept.fresh or not kept.serves_stale


def test_another_enquiry_has_another_id() -> None:
    assert len({enquiry_id(one) for one in SOME}) == len(SOME)


def test_an_enquiry_that_has_travelled_is_the_same_one() -> None:
    for one in SOME:
        there = msgspec.json.decode(msgspec.json.encode(one), type=Enquiry)
        assert there == one
        assert enquiry_id(there) == enquiry_id(one)
