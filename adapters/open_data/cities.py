"""The cities that the world's airports serve, from a list that is kept beside this module."""

import csv
from pathlib import Path
from typing import Final

from domain.places import City, Point

LINES: Final = Path(__file__).with_name("cities.csv")


def cities() -> tuple[City, ...]:
    """In the order of their codes. Raises ValueError for a list that our own script did not write."""
    with LINES.open(encoding="utf-8", newline="") as file:
        return tuple(
            City(
                code=line["code"],
                name=line["name"],
                country=line["country"],
                location=Point(latitude=float(line["latitude"]), longitude=float(line["longitude"])),
                population=int(line["population"]),
                timezone=line["timezone"],
            )
            for line in csv.DictReader(file)
        )
