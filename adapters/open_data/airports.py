"""Every airport with an IATA code, from the airportsdata package: no key, no network."""

from collections.abc import Mapping
from typing import Final

import airportsdata

from adapters.kit.calls import Readout
from domain.places import Airport, Point
from domain.searches import SkippedRecord

SOURCE: Final = "airportsdata"


def airports() -> Readout[Airport]:
    """All of them in one readout; one that can't be read is named by its code."""
    rows = airportsdata.load("IATA")
    cities = _city_codes()
    records: list[Airport] = []
    skipped: list[SkippedRecord] = []
    for iata, row in rows.items():
        try:
            records.append(airport(row, cities.get(iata)))
        except ValueError as error:
            skipped.append(SkippedRecord(where=f"{SOURCE} {iata}", why=str(error)))
    return Readout(records=tuple(records), skipped=tuple(skipped), expected=len(rows))


def airport(row: airportsdata.Airport, city_code: str | None) -> Airport:
    """One row of airportsdata, whose elevations are feet above the sea. Raises ValueError for what is no airport."""
    if not row["name"]:
        raise ValueError("no name")
    if not row["country"]:
        raise ValueError("no country")
    return Airport(
        iata=row["iata"],
        icao=_icao(row["icao"]),
        name=row["name"],
        city=row["city"],
        city_code=city_code,
        country=row["country"],
        subdivision=row["subd"] or None,
        timezone=row["tz"],
        location=Point(latitude=row["lat"], longitude=row["lon"]),
        elevation_feet=round(row["elevation"]),
    )


def _icao(code: str) -> str | None:
    """Where ICAO has assigned nothing, airportsdata gives a national identifier such as 07FA in its place."""
    return code if len(code) == 4 and code.isalpha() else None


def _city_codes() -> Mapping[str, str]:
    """The metropolitan code of each airport that shares its city with others; IATA gives the rest none of their own."""
    return {
        airport_code: city_code
        for city_code, city in airportsdata.load_iata_macs().items()
        for airport_code in city["airports"]
    }
