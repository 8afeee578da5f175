"""`travelhub match`: pairs of places from a file, one JSON object to a line, judged whether they are the same."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from rich.console import Console

from cli.stops import Stop
from domain.matching.properties import Described, judged
from domain.places import Point


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two, degrees in WGS-84. Spreadsheets make numbers of postal codes."""

    name: str
    lat: float
    lon: float
    address: str | None = None
    postal_code: str | int | float | None = None
    city: str | None = None
    country: str | None = None
    stars: float | None = None
    chain: str | None = None
    phone: str | None = None


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """What else stands in a line is passed over."""

    left: Side
    right: Side


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """`verdict` is `same` or `different`, `score` how probable it is that both are one place."""

    line: int
    score: float
    verdict: str
    reasons: tuple[str, ...]


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is no pair, and why not."""

    line: int
    error: str


_PAIR: Final = msgspec.json.Decoder(Pair, strict=False)


def judgements(lines: Iterable[bytes]) -> Iterator[Judgement | Unread]:
    """One for each line that is not blank, in their order, numbered from 1."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _judgement(number, line)


def _judgement(number: int, line: bytes) -> Judgement | Unread:
    try:
        pair = _PAIR.decode(line)
        verdict = judged(_described(pair.left, "left"), _described(pair.right, "right"))
    except (ValueError, RecursionError) as error:  # msgspec's errors and those of text that is no UTF-8 are ValueErrors
        return Unread(line=number, error=str(error))
    said = "same" if verdict.same else "different"
    return Judgement(line=number, score=verdict.score, verdict=said, reasons=verdict.reasons)


def _described(side: Side, which: str) -> Described:
    """Raises ValueError for a place without a name, or that is not on Earth."""
    if not side.name.strip():
        raise ValueError(f"{which} has no name")
    try:
        location = Point(latitude=side.lat, longitude=side.lon)
    except ValueError as error:
        raise ValueError(f"{which}: {error}") from error
    return Described(
        name=side.name,
        location=location,
        address=side.address,
        postal_code=None if side.postal_code is None else str(side.postal_code),
        city=side.city,
        country=side.country,
        stars=side.stars,
        chain=side.chain,
        phone=side.phone,
    )


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """`-` is what comes in. Raises Stop for a file that can't be read."""
    if name == "-":
        yield sys.stdin.buffer
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 -- closed below; an error of whoever reads it is none of opening
    except OSError as error:
        raise Stop(f"{name} can't be read: {error.strerror}.") from error
    with file:
        yield file


def print_judgements(name: str, errors: Console) -> bool:
    """As they come, one JSON object to a line; whether every line was a pair."""
    encode = msgspec.json.Encoder().encode
    good = True
    with opened(name) as lines:
        for judgement in judgements(lines):
            sys.stdout.write(f"{encode(judgement).decode()}\n")
            if isinstance(judgement, Unread):
                good = False
                errors.print(f"line {judgement.line}: {judgement.error}", style="red")
    return good
