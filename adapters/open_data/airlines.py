"""The airlines of the world that fly today, from a list that is kept beside this module."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from adapters.kit.calls import Readout
from domain.places import Airline
from domain.searches import SkippedRecord

SOURCE: Final = "opentraveldata"

_LINES: Final = Path(__file__).with_name("airlines.csv")


def airlines() -> Readout[Airline]:
    """All of them in one readout; one that can't be read is named by its line."""
    records: list[Airline] = []
    skipped: list[SkippedRecord] = []
    for number, line in enumerate(_lines(), start=2):  # the first line has the names of the columns
        try:
            records.append(airline(line))
        except ValueError as error:
            skipped.append(SkippedRecord(where=f"{_LINES.name} line {number}", why=str(error)))
    return Readout(records=tuple(records), skipped=tuple(skipped), expected=len(records) + len(skipped))


def airline(line: Mapping[str, str]) -> Airline:
    """One line of airlines.csv; an empty cell is unknown. Raises ValueError for what is no airline."""
    if not line["name"]:
        raise ValueError("no name")
    return Airline(
        iata=line["iata"] or None,
        icao=line["icao"] or None,
        name=line["name"],
        country=line["country"] or None,
        callsign=line["callsign"] or None,
        active=True if line["active"] == "yes" else None,
    )


def _lines() -> Iterator[Mapping[str, str]]:
    with _LINES.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
