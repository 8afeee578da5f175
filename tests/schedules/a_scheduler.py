"""A scheduler process on a plan of the tests: `python -m tests.schedules.a_scheduler ticking|nightly`."""

import sys
from datetime import timedelta
from typing import Final

import telemetry
from domain.jobs import DropExpiredOffers
from schedules.main import run
from schedules.plan import Entry, Plan, always, sync_airports
from settings import connected, from_environment

TICK: Final = Entry(name="tick", when=timedelta(seconds=1), job=always(DropExpiredOffers()))
NIGHTLY: Final = Entry(name="airports", when="10 3 * * *", job=sync_airports)
PLANS: Final[dict[str, Plan]] = {"ticking": (TICK,), "nightly": (NIGHTLY, TICK)}

if __name__ == "__main__":
    telemetry.configure("scheduler")
    run(plan=PLANS[sys.argv[1]], settings=connected(from_environment()))
