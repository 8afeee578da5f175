"""Airports and airlines: found by name, listed, looked up, and all of them for apps that work offline."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

from api import answers, bodies, paging, present
from api.bodies import Coding, Rendering
from api.calls import Asked, Reply, reply
from api.catalogue import Contents
from api.names import Index, Rank
from api.params import Nothing
from api.problems import Flaw, invalid, not_there, unavailable
from api.services import Services
from api.wishes import AirportWishes, NameWishes, point
from domain.places import great_circle_km
from storage.airlines import ListedAirline
from storage.airports import ListedAirport

Thing = TypeVar("Thing")
Row = tuple[int | str, str, Thing]
Away = tuple[float | None, ListedAirport]  # kilometres from where the client asks, where it says where

_LISTED: Final = "public, max-age=300"
_BY_NAME, _BY_DISTANCE, _BY_CODE = "name", "distance", "code"


async def airports(services: Services, asked: Asked[AirportWishes, Nothing]) -> Reply:
    """The nearest first where the client says where it is, else the best match first, else by code."""
    wished = asked.query
    found = [
        (rank, listed)
        for rank, listed in _meant(_contents(services).airport_index, wished.query)
        if wished.country in (None, listed.airport.country)
    ]
    sort, rows = _sorted_airports(found, wished.near, by_name=wished.query is not None)
    page = _page(rows, wished, sort)
    shown = tuple(present.airport(listed.airport, distance_km=distance) for distance, listed in page.items)
    answer = answers.AirportList(data=shown, page=answers.Page(next=page.next, total=page.total))
    return reply(services, asked, answer, cache_control=_LISTED, headers=_links(asked, page.next))


async def airport(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """One that has vanished is still found: old journeys went there."""
    listed = _contents(services).by_iata.get(asked.place["iata"])
    if listed is None:
        raise not_there(f"{asked.place['iata']} is no airport that we know.")
    answer = present.airport(listed.airport, vanished_at=listed.vanished_at)
    return reply(services, asked, answer, cache_control=_LISTED)


async def airlines(services: Services, asked: Asked[NameWishes, Nothing]) -> Reply:
    """The best match first, else by designator."""
    wished = asked.query
    found = [
        (rank, listed)
        for rank, listed in _meant(_contents(services).airline_index, wished.query)
        if wished.country in (None, listed.airline.country)
    ]
    sort = _BY_CODE if wished.query is None else _BY_NAME
    rows: list[Row[ListedAirline]] = sorted(
        ((rank.value, _airline_order(listed), listed) for rank, listed in found), key=itemgetter(0, 1)
    )
    page = _page(rows, wished, sort)
    answer = answers.AirlineList(
        data=tuple(present.airline(listed.airline) for listed in page.items),
        page=answers.Page(next=page.next, total=page.total),
    )
    return reply(services, asked, answer, cache_control=_LISTED, headers=_links(asked, page.next))


async def airline(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    """By IATA or ICAO designator."""
    listed = _contents(services).by_designator.get(asked.place["designator"])
    if listed is None:
        raise not_there(f"{asked.place['designator']} is no airline that we know.")
    answer = present.airline(listed.airline, vanished_at=listed.vanished_at)
    return reply(services, asked, answer, cache_control=_LISTED)


async def every_airport(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return _everything(_contents(services).all_airports, asked)


async def every_airline(services: Services, asked: Asked[Nothing, Nothing]) -> Reply:
    return _everything(_contents(services).all_airlines, asked)


def _everything(renderings: Mapping[Coding, Rendering], asked: Asked[Any, Any]) -> Reply:
    return Reply(rendering=renderings[bodies.wanted(asked.accept_encoding)])


def _contents(services: Services) -> Contents:
    contents = services.catalogue.contents
    if contents is None:
        raise unavailable("The airports and airlines are still being loaded.")
    return contents


def _meant(index: Index[Thing], query: str | None) -> Sequence[tuple[Rank, Thing]]:
    """Without a name everything is meant, equally well."""
    return [(Rank.CODE, thing) for thing in index] if query is None else index.found(query)


def _sorted_airports(
    found: Sequence[tuple[Rank, ListedAirport]], near: str | None, *, by_name: bool
) -> tuple[str, list[Row[Away]]]:
    """The sort key of a distance is in metres: a cursor wants whole numbers."""
    if near is None:
        sort = _BY_NAME if by_name else _BY_CODE
        rows: list[Row[Away]] = [
            (rank.value, _airport_order(listed, by_name=by_name), (None, listed)) for rank, listed in found
        ]
    else:
        sort, here = _BY_DISTANCE, point(near)
        away = [(great_circle_km(here, listed.airport.location), listed) for _, listed in found]
        rows = [(round(km * 1000), listed.airport.iata, (round(km, 1), listed)) for km, listed in away]
    return sort, sorted(rows, key=itemgetter(0, 1))


def _airport_order(listed: ListedAirport, *, by_name: bool) -> str:
    """Among equally good matches by name; the code makes it unique."""
    return f"{listed.airport.name} {listed.airport.iata}" if by_name else listed.airport.iata


def _airline_order(listed: ListedAirline) -> str:
    """Airlines that have ended after those that fly; IATA designators before airlines that have none."""
    airline = listed.airline
    return f"{airline.active is False:d} {airline.iata or '~'} {airline.icao or '~'} {airline.name}"


def _page(rows: Sequence[Row[Thing]], wished: NameWishes, sort: str) -> "paging.Page[Thing]":
    """Raises Problem (422) for a cursor of another list."""
    try:
        after = None if wished.cursor is None else paging.place_of(wished.cursor, sort=sort)
    except paging.BadCursor as error:
        raise invalid([Flaw(parameter="cursor", detail=str(error))]) from error
    return paging.page(rows, sort=sort, after=after, limit=wished.limit)


def _links(asked: Asked[Any, Any], following: str | None) -> tuple[tuple[str, str], ...]:
    if following is None:
        return ()
    return (("Link", paging.link(paging.link_before(asked.path, asked.pairs), following)),)
