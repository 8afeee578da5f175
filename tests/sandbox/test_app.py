"""The sandbox as the Procfile starts it: every supplier in the registry, a seed from the environment."""

import os
import subprocess
import sys
from pathlib import Path

import orjson

from adapters.kit.registry import suppliers

ASKS_THE_APP = """
import asyncio, httpx
from sandbox.app import app

async def ask():
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sandbox") as client:
        print((await client.get("/_health")).text)
        print((await client.get("/_world")).text)
        print((await client.get("/_ledger")).text)

asyncio.run(ask())
"""


def started(seed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ASKS_THE_APP],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "SANDBOX_SEED": seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_every_supplier_is_mounted_over_the_world_of_the_seed() -> None:
    told = started("5")
    assert told.returncode == 0, told.stderr
    health, world, ledger = (orjson.loads(line) for line in told.stdout.splitlines())
    assert health == {"status": "ok", "suppliers": list(suppliers())}
    assert world["seed"] == 5
    assert ledger == {"calls": [], "count": 0, "dropped": 0}


def test_a_seed_that_is_no_number_is_named() -> None:
    told = started("many")
    assert told.returncode != 0
    assert "SANDBOX_SEED is 'many', but a seed is a whole number" in told.stderr
