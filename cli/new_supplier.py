"""A new supplier's folder: it asks one call and reads an empty list, and the conformance suite says what it lacks."""

import keyword
import re
from enum import StrEnum
from pathlib import Path
from string import Template
from typing import Final

import msgspec

import adapters.suppliers
from cli.stops import Stop

ROOT: Final = Path(adapters.suppliers.__path__[0]).parents[1]

_TEMPLATES: Final = Path(__file__).parent / "templates"
_SUPPLIERS: Final = "adapters/suppliers"
_TESTS: Final = "tests/adapters/suppliers"
_SLUG: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")  # as long as fits on every line that names it

# Template -> the file that is made of it.
_FILES: Final = {
    "declaration.py.txt": f"{_SUPPLIERS}/$slug/__init__.py",
    "wire.py.txt": f"{_SUPPLIERS}/$slug/wire.py",
    "refusals.py.txt": f"{_SUPPLIERS}/$slug/refusals.py",
    "search.py.txt": f"{_SUPPLIERS}/$slug/$vertical.py",
    "sandbox.py.txt": f"{_SUPPLIERS}/$slug/sandbox.py",
    "README.md.txt": f"{_SUPPLIERS}/$slug/README.md",
    "test.py.txt": f"{_TESTS}/test_$slug.py",
}


class Vertical(StrEnum):
    FLIGHTS = "flights"
    HOTELS = "hotels"
    CARS = "cars"


class _Goods(msgspec.Struct, frozen=True, kw_only=True):
    """What a vertical's question and offer are called, and how the least of the question is told: name -> expression."""

    query: str
    offer: str
    builder: str
    honoured: tuple[str, ...]
    params: dict[str, str]


_GOODS: Final = {
    Vertical.FLIGHTS: _Goods(
        query="FlightQuery",
        offer="FlightOffer",
        builder="flight_query",
        honoured=("origin", "destination", "departure_date"),
        params={
            "origin": "query.origin",
            "destination": "query.destination",
            "departure_date": "query.departure_date.isoformat()",
        },
    ),
    Vertical.HOTELS: _Goods(
        query="HotelQuery",
        offer="StayOffer",
        builder="hotel_query",
        honoured=("location", "check_in", "check_out"),
        params={
            "latitude": "str(query.location.latitude)",
            "longitude": "str(query.location.longitude)",
            "check_in": "query.check_in.isoformat()",
            "check_out": "query.check_out.isoformat()",
        },
    ),
    Vertical.CARS: _Goods(
        query="CarQuery",
        offer="RentalOffer",
        builder="car_query",
        honoured=("pick_up", "pick_up_at", "drop_off_at"),
        params={
            "pick_up": "query.pick_up",
            "pick_up_at": "query.pick_up_at.isoformat()",
            "drop_off_at": "query.drop_off_at.isoformat()",
        },
    ),
}


def new_supplier(slug: str, vertical: Vertical, root: Path = ROOT) -> tuple[Path, ...]:
    """The files that were written, relative to `root`. Raises Stop, and then nothing was written."""
    if not all((root / folder).is_dir() for folder in (_SUPPLIERS, _TESTS)):
        raise Stop(f"A supplier is written into a checkout of TravelHub, and {root} is none.")
    if why := _unfit(slug, root):
        raise Stop(f"A supplier can't be called {slug!r}: {why}.")
    words = _words(slug, vertical)
    written = {
        Path(Template(target).substitute(words)): Template(_read(template)).substitute(words)
        for template, target in _FILES.items()
    }
    if there := [str(path) for path in written if (root / path).exists()]:
        raise Stop(f"{', '.join(there)} is there already: nothing was written.")
    (root / _SUPPLIERS / slug).mkdir()
    for path, text in written.items():
        (root / path).write_text(text, encoding="utf-8")
    return tuple(written)


def farewell(slug: str, written: tuple[Path, ...]) -> str:
    """What was written, and how to go on."""
    return "\n".join(
        (
            "Written:",
            *(f"  {path}" for path in written),
            "",
            "What it lacks is what fails here (docs/adding-a-supplier.md goes through it):",
            f"  .venv/bin/pytest tests/conformance -k {slug}",
        )
    )


def _unfit(slug: str, root: Path) -> str | None:
    """Why not, None where nothing speaks against it."""
    if not _SLUG.fullmatch(slug):
        return "write it in small letters, digits and underscores, beginning with a letter, at most 30 of them"
    if keyword.iskeyword(slug) or keyword.issoftkeyword(slug):
        return "that is a word of Python's own"
    if (root / _SUPPLIERS / slug).exists():
        return "there is one of that name"
    if slug in _modules(root):
        return "a module of ours has that name"
    return None


def _modules(root: Path) -> set[str]:
    """Names of our packages and modules. Suppliers' own don't count: each is alone in its folder."""
    modules = {path.stem for path in root.glob("*.py")}
    for package in root.glob("*/__init__.py"):
        modules.add(package.parent.name)
        for path in package.parent.rglob("*.py"):
            if _SUPPLIERS not in path.parent.as_posix() or path.parent == root / _SUPPLIERS:
                modules |= {path.stem, path.parent.name}
    return modules


def _words(slug: str, vertical: Vertical) -> dict[str, str]:
    goods = _GOODS[vertical]
    return {
        "slug": slug,
        "upper": slug.upper(),
        "title": " ".join(word.capitalize() for word in slug.split("_") if word),
        "vertical": vertical,
        "query": goods.query,
        "offer": goods.offer,
        "builder": goods.builder,
        "honoured": ", ".join(f'"{field}"' for field in goods.honoured),
        "wishes": ", ".join(f"`{field}`" for field in goods.honoured),
        "params": "\n".join(f'            ("{name}", {told}),' for name, told in goods.params.items()),
    }


def _read(template: str) -> str:
    return (_TEMPLATES / template).read_text(encoding="utf-8")
