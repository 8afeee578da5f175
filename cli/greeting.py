"""What happens beside the processes once they are started: wait until all is well, load the catalogue, say where things are."""

import shlex
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from rich.console import Console
from rich.text import Text

from adapters.open_data import CATALOGUES
from api.answers import SyncJob
from cli import health, syncs
from cli.client import Api, read
from cli.farewell import Farewell
from cli.stops import Stop
from domain.catalogue import Subject

_UP_WITHIN: Final = 90.0  # seconds
_GLANCE: Final = 0.3
_HEARD_WITHIN: Final = timedelta(seconds=60)
_AHEAD: Final = timedelta(days=60)


class House(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is. `since` is the instant of this start."""

    url: str
    sandbox_url: str
    mailbox_url: str
    data: Path
    redis_url: str
    token: str
    processes: frozenset[str]
    since: datetime


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    data: list[Any]


def greet(house: House, farewell: Farewell, console: Console) -> None:
    """Says farewell where a process does not come up; a catalogue that can't be loaded is only a pity."""
    console.print("Starting the processes …")
    if missing := _missing_in_the_end(house, farewell):
        logs = house.data / "logs"
        farewell.say(f"Not up after {_UP_WITHIN:.0f} seconds: {', '.join(missing)}. Their words are in {logs}.", code=1)
    if farewell.said:
        return
    try:
        with Api(house.url) as api:
            _load_catalogue(api, house, farewell, console)
    except Stop as stop:
        if not farewell.said:
            console.print(f"{stop} `travelhub sync airports` tries again.", style="yellow")
    if not farewell.said:
        for part in words(house):
            console.print(part)


def _missing_in_the_end(house: House, farewell: Farewell) -> list[str]:
    urls: Mapping[str, str] = {
        "web": f"{house.url}/readyz",
        "sandbox": f"{house.sandbox_url}/_health",
        "mailbox": f"{house.mailbox_url}/_health",
    }
    deadline = datetime.now(UTC) + timedelta(seconds=_UP_WITHIN)
    while missing := health.missing(house.processes, urls=urls, redis_url=house.redis_url, since=house.since):
        if farewell.within(_GLANCE) or datetime.now(UTC) > deadline:
            return missing
    return []


def _load_catalogue(api: Api, house: House, farewell: Farewell, console: Console) -> None:
    """Returns when the API knows what was loaded: it hears of it a moment after the job is done. Raises Stop."""
    for subject in CATALOGUES:  # what is to be had without a key
        if _listed(api, subject):
            continue
        console.print(f"Loading the world's {subject} …")
        body = syncs.sync(api, subject, token=house.token, console=console, wait=farewell.within)
        console.print(syncs.summary(read(body, SyncJob)))
        deadline = datetime.now(UTC) + _HEARD_WITHIN
        while not _listed(api, subject):
            if farewell.within(_GLANCE) or datetime.now(UTC) > deadline:
                raise Stop(f"The {subject} are loaded, and the API does not list them yet.")


def _listed(api: Api, subject: Subject) -> bool:
    return bool(read(api.get(f"/v1/{subject}", {"limit": "1"}), _Page).data)


def words(house: House) -> tuple[Text, ...]:
    """Where things are, and a search to paste."""
    places = (
        ("API", f"{house.url}/v1"),
        ("Documents", f"{house.url}/docs"),
        ("Sandbox", f"{house.sandbox_url}  (answers for every supplier whose key is not set)"),
        ("Mailbox", f"{house.mailbox_url}  (keeps every letter as long as no mail server is set)"),
        ("Data", str(house.data)),
        ("Logs", str(house.data / "logs")),
        ("Admin", f"Authorization: Bearer {house.token}"),
    )
    return (
        Text("\nTravelHub is running. Ctrl-C ends it, and keeps the data.\n", "bold green"),
        *(Text(f"  {what:<11}{where}") for what, where in places),
        Text("\nAsk it for flights from London to New York:\n"),
        Text(f"  {search_line(house.url, datetime.now(UTC))}\n", "bold"),
    )


def search_line(url: str, now: datetime) -> str:
    """A command for any shell: a flight search that has offers in the sandbox and at most suppliers."""
    day = (now + _AHEAD).date()
    return shlex.join(["curl", f"{url}/v1/flights/search?origin=LHR&destination=JFK&departure_date={day}"])
