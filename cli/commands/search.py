"""`travelhub search`: what was typed becomes a question to a running API, and its answer a table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from cyclopts import App, Parameter
from rich.table import Table

from api.cars.answers import CarSearchAnswer
from api.flights.answers import FlightSearchAnswer
from api.hotels.answers import HotelSearchAnswer
from api.hotels.views import HotelSort
from cli import cars, flights, found, hotels
from cli.client import Api, read
from cli.terminal import ANYWHERE, Target, print_json, show, url
from domain.queries import Cabin

search: Final = App(name="search", help="Ask a running TravelHub.")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Party:
    """Who travels."""

    adults: int = 1
    children: int = 0
    infants: int = 0


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Patience:
    """In which money, how long to wait, and how much to show."""

    currency: Annotated[str, Parameter(help="Three letters, such as EUR; the API's own choice where not set.")] = ""
    wait: Annotated[float, Parameter(help="Seconds to wait for the suppliers, at most 20.")] = 15.0
    limit: Annotated[int, Parameter(help="How many to show.")] = 20

    def params(self) -> dict[str, str]:
        return {"currency": self.currency.upper(), "wait": f"{self.wait:g}", "limit": str(self.limit)}


_ALONE: Final = Party()
_PATIENT: Final = Patience()
_MARKET_HELP: Final = "The country where they live, two letters; the API's own where not set."


@search.command(name="flights")
def _flights(
    origin: str,
    destination: str,
    departure: date,
    /,
    *,
    party: Party = _ALONE,
    return_: Annotated[date | None, Parameter(name="--return", help="The day of the flight back.")] = None,
    cabin: Cabin = Cabin.ECONOMY,
    patience: Patience = _PATIENT,
    target: Target = ANYWHERE,
) -> None:
    """Search flights: `travelhub search flights LHR JFK 2027-03-01`."""
    params = {
        "origin": origin.upper(),
        "destination": destination.upper(),
        "departure_date": str(departure),
        "return_date": str(return_ or ""),
        "adults": str(party.adults),
        "children": str(party.children),
        "infants": str(party.infants),
        "cabin": cabin,
    }
    _search_for("flights", {**params, **patience.params()}, target)


@search.command(name="hotels")
def _hotels(
    destination: Annotated[str, Parameter(allow_leading_hyphen=True)],  # the south has latitudes below zero
    check_in: date,
    check_out: date,
    /,
    *,
    rooms: int = 1,
    adults: Annotated[int, Parameter(help="In all rooms together.")] = 2,
    child: Annotated[tuple[int, ...], Parameter(help="The age of a child; once for each.", negative="")] = (),
    radius_km: Annotated[
        int | None, Parameter(help="How far from there to look; the API's own choice if not set.")
    ] = None,
    market: Annotated[str, Parameter(help=_MARKET_HELP)] = "",
    sort: HotelSort = HotelSort.PRICE,
    patience: Patience = _PATIENT,
    target: Target = ANYWHERE,
) -> None:
    """Search hotels: `travelhub search hotels PAR 2027-03-01 2027-03-04`, or around `48.86,2.35`."""
    params = {
        "destination": destination.upper(),
        "check_in": str(check_in),
        "check_out": str(check_out),
        "rooms": str(rooms),
        "adults": str(adults),
        "children_ages": ",".join(map(str, child)),
        "radius_km": str(radius_km or ""),
        "market": market.upper(),
        "sort": sort,
    }
    _search_for("hotels", {**params, **patience.params()}, target)


@search.command(name="cars")
def _cars(
    pick_up: str,
    pick_up_at: datetime,
    drop_off_at: datetime,
    /,
    *,
    drop_off: Annotated[str, Parameter(help="The airport where it is given back, if another.")] = "",
    age: Annotated[int, Parameter(help="Of the driver.")] = 30,
    market: Annotated[str, Parameter(help=_MARKET_HELP)] = "",
    patience: Patience = _PATIENT,
    target: Target = ANYWHERE,
) -> None:
    """Search rental cars: `travelhub search cars LHR 2027-03-01T10:00 2027-03-06T10:00`."""
    params = {
        "pick_up": pick_up.upper(),
        "drop_off": drop_off.upper(),
        "pick_up_at": pick_up_at.isoformat(),
        "drop_off_at": drop_off_at.isoformat(),
        "driver_age": str(age),
        "market": market.upper(),
    }
    _search_for("cars", {**params, **patience.params()}, target)


# What each search answers, as a table of what, and in which words.
_SPOKEN: Final[dict[str, tuple[Any, Callable[[Any], Table], found.Words]]] = {
    "flights": (FlightSearchAnswer, flights.table, flights.WORDS),
    "hotels": (HotelSearchAnswer, hotels.table, hotels.WORDS),
    "cars": (CarSearchAnswer, cars.table, cars.WORDS),
}


def _search_for(vertical: str, params: dict[str, str], target: Target) -> None:
    """What is not told is the API's to decide."""
    kind, table, words = _SPOKEN[vertical]
    with Api(url(target)) as api:
        body = api.get(f"/v1/{vertical}/search", {name: value for name, value in params.items() if value})
    if target.json:
        print_json(body)
        return
    answer = read(body, kind)
    if answer.results:
        show(table(answer), "")
    show(*found.footer(answer, words))
