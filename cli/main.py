"""The command line: words in, exit codes out. 0 is done, 1 could not be done, 2 was not understood."""

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from getpass import getuser
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import App, CycloptsError, Parameter
from rich.console import Console, RenderableType
from rich.table import Table

import settings
from api.answers import SyncJob
from api.cars.answers import CarSearchAnswer
from api.flights.answers import FlightSearchAnswer
from api.hotels.answers import HotelSearchAnswer
from api.hotels.views import HotelSort
from cli import (
    cars,
    check,
    drift,
    explain,
    flights,
    found,
    hotels,
    match,
    premises,
    procfile,
    proven,
    same_hotels,
    sellers,
    syncs,
)
from cli.client import Api, read
from cli.database import bring_up_to_date
from cli.new_supplier import Vertical, farewell, new_supplier
from cli.stops import Stop
from cli.up import up
from domain.catalogue import Subject
from domain.matching.properties import Override
from domain.queries import Cabin


def _usage(error: CycloptsError) -> str:
    return f"{error} (`travelhub --help` tells what there is)"


_FOR_FILES: Final = 160  # columns, where nobody has a window: a table in a file or a pipe is not cut


def _console(*, errors: bool = False, wraps: bool = True) -> Console:
    """What is printed comes from elsewhere, so nothing in it is markup."""
    width = None if sys.stdout.isatty() else _FOR_FILES
    return Console(stderr=errors, soft_wrap=not wraps, width=width, markup=False, highlight=False, emoji=False)


_out: Final = _console()
_errors: Final = _console(errors=True, wraps=False)

app: Final = App(
    name="travelhub",
    help="A back end for travel apps: suppliers in, one model, cached search out.",
    version_flags=(),
    help_format="plaintext",
    error_formatter=_usage,
    error_console=_errors,
)
_search: Final = App(name="search", help="Ask a running TravelHub.")
app.command(_search)
_same: Final = App(name="hotels", help="Which records of suppliers are one hotel, and why.")
app.command(_same)
suppliers: Final = App(name="suppliers", help="All suppliers, and which of them are connected.")
app.command(suppliers)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Target:
    """Where to ask, and for whom to print."""

    url: Annotated[str, Parameter(help="The API; by default the one at PORT on this machine.")] = ""
    json: Annotated[bool, Parameter(help="Print what the API said, for machines.", negative="")] = False


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


_Record = Annotated[str, Parameter(help="The supplier, a colon, and its id of the hotel.")]
_By = Annotated[str, Parameter(help="Who says so; whoever is logged in where not set.")]
_ANYWHERE: Final = Target()
_ALONE: Final = Party()
_PATIENT: Final = Patience()
_MARKET_HELP: Final = "The country where they live, two letters; the API's own where not set."


@app.command(name="up")
def _up() -> None:
    """Start everything on this machine; Ctrl-C ends it. This is what `make run` does."""
    up(_console(wraps=False), os.environ)


@_search.command(name="flights")
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
    target: Target = _ANYWHERE,
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


@_search.command(name="hotels")
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
    target: Target = _ANYWHERE,
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


@_search.command(name="cars")
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
    target: Target = _ANYWHERE,
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


@app.command(name="sync")
def _sync(subject: Subject, /, *, target: Target = _ANYWHERE) -> None:
    """Load the world's airports or airlines anew, and wait for it."""
    environment = procfile.with_dotenv(os.environ)
    with Api(_url(target)) as api:
        token = environment.get("ADMIN_TOKEN") or premises.kept_admin_token(Path(environment["TRAVELHUB_DATA"]))
        if not token:
            raise Stop("No admin token: set ADMIN_TOKEN, or TRAVELHUB_DATA to the data folder that holds it.")
        body = syncs.sync(api, subject, token=token, console=_errors)
    if target.json:
        _print_json(body)
        return
    job = read(body, SyncJob)
    _show(syncs.summary(job), *(f"  {record.where}: {record.why}" for record in job.skipped))


@suppliers.default
def _suppliers(*, json: Annotated[bool, Parameter(help="For machines.", negative="")] = False) -> None:
    """All suppliers, and which of them are connected."""
    wanted = settings.from_environment(procfile.with_dotenv(os.environ))
    listed = sellers.sellers(_connections(wanted))
    if json:
        _print_json(msgspec.json.encode(listed))
        return
    _show(sellers.table(listed))
    if proofs := proven.proofs():
        _show("", proven.table(proofs))


@suppliers.command(name="drift")
def _drift(
    slug: str | None = None, /, *, json: Annotated[bool, Parameter(help="For machines.", negative="")] = False
) -> None:
    """What suppliers have begun to say and stopped saying: `travelhub suppliers drift`, or one supplier's slug."""
    told = drift.found(_database(), slug)
    if json:
        _print_json(msgspec.json.encode(told))
        return
    _show(drift.table(told), drift.summary(told))


@suppliers.command(name="check")
def _check(slug: str, /, *, json: Annotated[bool, Parameter(help="For machines.", negative="")] = False) -> None:
    """One cheap call to a supplier, live where its secrets are set: `travelhub suppliers check`, and its slug."""
    wanted = settings.from_environment(procfile.with_dotenv(os.environ))
    seen = check.checked(check.named(slug), _connections(wanted), redis_url=wanted.redis_url)
    if json:
        _print_json(msgspec.json.encode(seen))
    else:
        _show(check.table(seen))
    if not seen.good:
        sys.exit(1)


@_same.command(name="show")
def _hotel(hotel_id: str, /) -> None:
    """The records of a hotel, why they are one, and what people have decided about them."""
    shown = same_hotels.hotel(_database(), hotel_id)
    _show(same_hotels.table(shown), *same_hotels.sentences(shown))


@_same.command(name="join")
def _join(one: _Record, other: _Record, /, *, because: str, by: _By = "") -> None:
    """Decide that two records are one hotel, whatever their looks: `travelhub hotels join heron:1 albatross:2`."""
    _ruled(one, other, same=True, because=because, by=by)


@_same.command(name="split")
def _split(one: _Record, other: _Record, /, *, because: str, by: _By = "") -> None:
    """Decide that two records are two hotels: `travelhub hotels split heron:1 albatross:2`."""
    _ruled(one, other, same=False, because=because, by=by)


@app.command(name="new-supplier")
def _new_supplier(
    slug: str, /, *, vertical: Annotated[Vertical, Parameter(help="What it sells.")] = Vertical.FLIGHTS
) -> None:
    """Write the folder of a new supplier: `travelhub new-supplier heron --vertical hotels`."""
    _show(farewell(slug, new_supplier(slug, vertical)))


@app.command(name="match")
def _match(
    *,
    pairs: Annotated[
        str,
        Parameter(help="A file of JSON lines with `left` and `right`; - is what comes in.", allow_leading_hyphen=True),
    ],
) -> None:
    """Judge pairs of places: is this the same hotel? `travelhub match --pairs places.jsonl`."""
    if not match.print_judgements(pairs, _errors):
        sys.exit(1)


@app.command(name="explain")
def _explain(offer: str = "", /, *, search: str = "", json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Why an offer is what it is, its archived replies read again: an offer's id, or `--search` and a search's."""
    told = explain.told(_database(), offer=offer, search=search)
    if json:
        _print_json(msgspec.json.encode(told))
    else:
        _show(*explain.shown(told))
    if not told.true:
        sys.exit(1)


@app.command(name="migrate")
def _migrate() -> None:
    """Bring the database at DATABASE_URL to this version; `up` does it by itself."""
    url = settings.from_environment(procfile.with_dotenv(os.environ)).database_url
    if not url:
        raise Stop("DATABASE_URL is not set: the embedded database is brought up to date by `make run`.")
    bring_up_to_date(url)
    _show("The database is up to date.")


@app.command(name="version")
def _version() -> None:
    """The version of what is installed."""
    try:
        _show(installed("travelhub"))
    except PackageNotFoundError as error:
        raise Stop("TravelHub is not installed here: `make run` does that.") from error


def main(words: Sequence[str] | None = None) -> None:
    """Ends the process."""
    try:
        app(sys.argv[1:] if words is None else list(words))
    except Stop as stop:
        _errors.print(str(stop), style="red")
        sys.exit(1)


# What each search answers, as a table of what, and in which words.
_SPOKEN: Final[dict[str, tuple[Any, Callable[[Any], Table], found.Words]]] = {
    "flights": (FlightSearchAnswer, flights.table, flights.WORDS),
    "hotels": (HotelSearchAnswer, hotels.table, hotels.WORDS),
    "cars": (CarSearchAnswer, cars.table, cars.WORDS),
}


def _search_for(vertical: str, params: dict[str, str], target: Target) -> None:
    """What is not told is the API's to decide."""
    kind, table, words = _SPOKEN[vertical]
    with Api(_url(target)) as api:
        body = api.get(f"/v1/{vertical}/search", {name: value for name, value in params.items() if value})
    if target.json:
        _print_json(body)
        return
    answer = read(body, kind)
    if answer.results:
        _show(table(answer), "")
    _show(*found.footer(answer, words))


def _ruled(one: str, other: str, *, same: bool, because: str, by: str) -> None:
    override = Override(left=same_hotels.record(one), right=same_hotels.record(other), same=same)
    for shown in same_hotels.ruled(_database(), override, because=because, by=by or getuser()):
        _show(same_hotels.table(shown), *same_hotels.sentences(shown), "")
    _show("Searches know of it within five minutes, of hotels that were found just now a little later.")


def _database() -> str:
    wanted = settings.from_environment(procfile.with_dotenv(os.environ))
    return drift.database(wanted.database_url, wanted.data)


def _connections(wanted: settings.Settings) -> dict[str, str]:
    """`travelhub up` connects whoever has no key to the sandbox, so that is how it stands unless one says otherwise."""
    return {"SANDBOX_URL": f"http://127.0.0.1:{wanted.sandbox_port}", **wanted.environment}


def _url(target: Target) -> str:
    port = settings.from_environment(procfile.with_dotenv(os.environ)).port
    return target.url or f"http://127.0.0.1:{port}"


def _print_json(body: bytes) -> None:
    sys.stdout.write(f"{body.decode().rstrip()}\n")


def _show(*parts: RenderableType) -> None:
    for part in parts:
        _out.print(part)
