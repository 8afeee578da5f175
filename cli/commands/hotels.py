"""`travelhub hotels` and `match`: which records of suppliers are one hotel, why, and what people decide about it."""

import sys
from getpass import getuser
from typing import Annotated, Final

from cyclopts import App, Parameter

from cli import match, same_hotels
from cli.terminal import database, errors, show
from domain.matching.properties import Override

hotels: Final = App(name="hotels", help="Which records of suppliers are one hotel, and why.")
judging: Final = App(version_flags=())

_Record = Annotated[str, Parameter(help="The supplier, a colon, and its id of the hotel.")]
_By = Annotated[str, Parameter(help="Who says so; whoever is logged in where not set.")]


@hotels.command(name="show")
def _hotel(hotel_id: str, /) -> None:
    """The records of a hotel, why they are one, and what people have decided about them."""
    shown = same_hotels.hotel(database(), hotel_id)
    show(same_hotels.table(shown), *same_hotels.sentences(shown))


@hotels.command(name="join")
def _join(one: _Record, other: _Record, /, *, because: str, by: _By = "") -> None:
    """Decide that two records are one hotel, whatever their looks: `travelhub hotels join heron:1 albatross:2`."""
    _ruled(one, other, same=True, because=because, by=by)


@hotels.command(name="split")
def _split(one: _Record, other: _Record, /, *, because: str, by: _By = "") -> None:
    """Decide that two records are two hotels: `travelhub hotels split heron:1 albatross:2`."""
    _ruled(one, other, same=False, because=because, by=by)


@judging.command(name="match")
def _match(
    *,
    pairs: Annotated[
        str,
        Parameter(help="A file of JSON lines with `left` and `right`; - is what comes in.", allow_leading_hyphen=True),
    ],
) -> None:
    """Judge pairs of places: is this the same hotel? `travelhub match --pairs places.jsonl`."""
    if not match.print_judgements(pairs, errors):
        sys.exit(1)


def _ruled(one: str, other: str, *, same: bool, because: str, by: str) -> None:
    override = Override(left=same_hotels.record(one), right=same_hotels.record(other), same=same)
    for shown in same_hotels.ruled(database(), override, because=because, by=by or getuser()):
        show(same_hotels.table(shown), *same_hotels.sentences(shown), "")
    show("Searches know of it within five minutes, of hotels that were found just now a little later.")
