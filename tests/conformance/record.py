"""Records every supplier's cassettes from its own sandbox, in a world of its own: `make record`, or with slugs for some."""

import shutil
import sys
from pathlib import Path

from adapters.kit.supplier import Supplier
from tests.conformance.exchanges import Exchange
from tests.conformance.folders import found, suppliers
from tests.conformance.pretend import open_sandbox
from tests.conformance.tapes import CASSETTES, record_refusal, record_walk, tape

# What a supplier refuses whatever it sells. Redacted like a real one.
WRONG_KEY = "a-key-that-nobody-was-given"


def record(supplier: Supplier, folder: Path) -> None:
    """All of one supplier's tapes, anew."""
    shutil.rmtree(folder, ignore_errors=True)
    with open_sandbox("stepping") as address:
        walk = record_walk(supplier, address, folder)
    operations: dict[str, Exchange] = {}
    for exchange in walk.met.values():
        operations.setdefault(exchange.operation, exchange)
    wrong = dict.fromkeys(supplier.auth.secrets, WRONG_KEY)
    with open_sandbox("stepping") as address:
        for operation, exchange in operations.items() if wrong else ():
            path = tape(supplier.slug, operation, "refusal")
            _say(
                f"{path.parent.name}/{path.name}: {record_refusal(exchange, f'{address}/{supplier.slug}', wrong, path)}"
            )
    for path in sorted(folder.glob("*-success.yaml")):
        _say(f"{path.parent.name}/{path.name}: {path.stat().st_size} bytes")
    for part, trouble in walk.troubles.items():
        _say(f"{supplier.slug}: {part} is not recorded as a whole: {trouble}")


def main(slugs: list[str]) -> None:
    for slug in slugs or suppliers():
        record(suppliers()[slug], CASSETTES / slug)
    known = {folder.slug for folder in found()}
    for left in sorted(CASSETTES.iterdir()):
        if left.name not in known:
            shutil.rmtree(left)
            _say(f"{left.name}: removed, no such supplier")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
