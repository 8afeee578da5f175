"""Makes airlines.csv from a copy of OpenTravelData's optd_airlines.csv: for maintainers, once in a while.

python -m adapters.open_data.refresh_airlines path/to/optd_airlines.csv
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import airportsdata

from domain.places import is_iata_airline, is_icao_airline

COLUMNS: Final = ("iata", "icao", "name", "country", "callsign", "active")

_HERE: Final = Path(__file__).parent
_NO_AIRLINES: Final = frozenset("GRDF")  # types: distribution systems, railways, their test codes, ferries

Row = Mapping[str, str]
Line = dict[str, str]


def compact(
    source: Iterable[Row], corrections: Iterable[Row], held: Iterable[Row], today: date
) -> tuple[list[Line], Counter[str]]:
    """The lines of airlines.csv by name, and how many of the source's rows were left out for which reason.

    A correction replaces one cell of the source. The source tells no country: it is kept from the lines `held` so far,
    where people have filled it in, or follows from the airports at which an airline is based.
    """
    left_out: Counter[str] = Counter()
    flying = []
    for row in _corrected(source, corrections):
        reason = _reason_to_leave_out(row, today)
        if reason is None:
            flying.append(row)
        else:
            left_out[reason] += 1
    countries = _Countries(held)
    lines = []
    taken: set[str] = set()
    for row in sorted(flying, key=lambda row: (-int(row["flt_freq"] or 0), row["name"])):
        line = _line(row, countries, taken)
        if line["iata"] or line["icao"]:
            lines.append(line)
            taken |= {line["iata"], line["icao"]}
        else:
            left_out["another airline flies more under its designators"] += 1
    return sorted(lines, key=lambda line: (line["name"].casefold(), line["iata"], line["icao"])), left_out


def _corrected(source: Iterable[Row], corrections: Iterable[Row]) -> Iterator[Row]:
    changes: dict[str, Line] = {}
    for correction in corrections:
        changes.setdefault(correction["pk"], {})[correction["column"]] = correction["value"]
    for row in source:
        yield {**row, **changes.get(row["pk"].strip(), {})}


def _reason_to_leave_out(row: Row, today: date) -> str | None:
    if not row["pk"].startswith("air-") or _NO_AIRLINES & set(row["type"]):
        return "not an airline"
    if row["validity_to"] and date.fromisoformat(row["validity_to"]) < today:
        return "no longer flying"
    if not _designators(row):
        return "no designator"
    return None


def _designators(row: Row) -> Line:
    found = {"iata": row["2char_code"], "icao": row["3char_code"]}
    right = {"iata": is_iata_airline, "icao": is_icao_airline}
    return {kind: code for kind, code in found.items() if right[kind](code)}


def _line(row: Row, countries: "_Countries", taken: set[str]) -> Line:
    """A designator that an airline with more flights has already is not told a second time."""
    codes = _designators(row)
    return {
        "iata": "" if codes.get("iata") in taken else codes.get("iata", ""),
        "icao": "" if codes.get("icao") in taken else codes.get("icao", ""),
        "name": row["name"] or row["name2"],
        "country": countries.of(codes, row["bases"]),
        "callsign": _callsign(row["alt_names"]),
        "active": "yes" if row["flt_freq"] or row["validity_from"] else "",
    }


def _callsign(alt_names: str) -> str:
    """The first radio name that is not historic, from entries such as `sign|CALAFIA|` and `sign|DYNAMIC AIR|h`."""
    for entry in alt_names.split("="):
        kind, _, rest = entry.partition("|")
        callsign, _, flags = rest.partition("|")
        if kind == "sign" and callsign and "h" not in flags:
            return callsign.upper()
    return ""


class _Countries:
    """Where airlines are at home: what people have filled in, else what their bases say.

    Two-character designators change hands: one of them says who an airline is only where it has no other.
    """

    def __init__(self, held: Iterable[Row]) -> None:
        self._held = {line["icao"] or line["iata"]: line["country"] for line in held}
        self._airports = airportsdata.load("IATA")

    def of(self, codes: Line, bases: str) -> str:
        for kind in ("icao", "iata"):
            if country := self._held.get(codes.get(kind, "")):
                return country
        found = {self._airports[base]["country"] for base in bases.split("=") if base in self._airports}
        return found.pop() if len(found) == 1 else ""


def main(arguments: Sequence[str], folder: Path = _HERE) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Say where your copy of optd_airlines.csv is.\n")
        return 2
    path = folder / "airlines.csv"
    source, corrections = _source(Path(arguments[0])), _rows(folder / "airline_corrections.csv")
    today = date.today()  # noqa: DTZ011  the maintainer's own day is right enough for an end of validity
    lines, left_out = compact(source, corrections, _rows(path), today)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    sys.stdout.write(f"{len(lines)} airlines written to {path.name}\n")
    for reason, count in left_out.most_common():
        sys.stdout.write(f"{count} left out: {reason}\n")
    for line in lines:
        if not line["country"]:
            sys.stdout.write(f"country unknown: {line['name']} ({line['iata'] or line['icao']})\n")
    for key in sorted({correction["pk"] for correction in corrections} - {row["pk"].strip() for row in source}):
        sys.stdout.write(f"nothing to correct any more: {key}\n")
    return 0


def _source(path: Path) -> list[Line]:
    """OpenTravelData quotes nothing, a quotation mark is a part of a name, and leaves empty cells out at a line's end."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, restval="", delimiter="^", quoting=csv.QUOTE_NONE))


def _rows(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
