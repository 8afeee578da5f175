"""Records every supplier's cassettes from its own sandbox, at a moment that never passes: `make record`."""

import asyncio
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from adapters.kit.failures import Failure
from tests.conformance.exchanges import Exchange, calling, exchanges
from tests.conformance.folders import suppliers
from tests.conformance.pretend import ROOT, open_sandbox
from tests.conformance.sandboxed import Sandbox
from tests.conformance.tapes import CASSETTES, deck, tape

# What a supplier refuses whatever it sells. Redacted like a real one.
WRONG_KEY = "a-key-that-nobody-was-given"


def record(exchange: Exchange, base_url: str, secrets: Mapping[str, str], path: Path) -> str:
    """One call, onto one new tape; gives what came of it in a few words."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    machine = deck(exchange.supplier, secrets, base_url=base_url, record=True)
    with machine.use_cassette(str(path)):
        return asyncio.run(_called(exchange, base_url, secrets))


async def _called(exchange: Exchange, base_url: str, secrets: Mapping[str, str]) -> str:
    async with calling(exchange.supplier, base_url, secrets=secrets) as client:
        try:
            reply = await client.answered(exchange.ask(), deadline=Sandbox.soon())
        except Failure as failure:
            return f"{type(failure).__name__}: {failure}"
    return f"{len(exchange.read(reply).records)} records before shortening"


def main() -> None:
    # A world for each exchange: no answer depends on what was asked before it.
    for exchange in exchanges():
        with open_sandbox("frozen") as address:
            base_url = f"{address}/{exchange.supplier.slug}"
            right = exchange.supplier.sandbox_secrets
            wrong = dict.fromkeys(right, WRONG_KEY)
            for outcome, secrets in (("success", right), ("refusal", wrong)):
                path = tape(exchange.supplier.slug, exchange.operation, outcome)
                came_of_it = record(exchange, base_url, secrets, path)
                sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes ({came_of_it})\n")
    for left in sorted(CASSETTES.iterdir()):
        if left.name not in suppliers():
            shutil.rmtree(left)
            sys.stdout.write(f"{left.relative_to(ROOT)}: removed, no such supplier\n")


if __name__ == "__main__":
    main()
