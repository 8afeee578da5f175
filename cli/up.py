"""Everything under one roof: servers where none are named, the processes of the Procfile, a word when all is well."""

import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

import settings
from cli import premises, procfile
from cli.database import bring_up_to_date
from cli.farewell import Farewell, interrupt_on_signals
from cli.greeting import House, greet
from cli.household import Household
from cli.premises import Door
from cli.scribe import Scribe
from cli.stops import Stop
from settings import Settings
from storage.embedded import CannotStart, embedded_servers

STARTED_BY: Final = "TRAVELHUB_STARTED_BY"  # the Makefile's word: our parent, and when it is gone we go too
# One person at one machine is no crowd, and the curl line should work however often it is pasted.
_NO_LIMIT: Final = "1000000"
_GREETER_ENDS_WITHIN: Final = 40.0  # seconds; its longest wait is for one answer of the API


def up(console: Console, environment: Mapping[str, str]) -> None:
    """Returns after Ctrl-C, SIGTERM or a closed terminal. Raises Stop when it can't start, or when a process ended."""
    interrupt_on_signals()
    given = procfile.with_dotenv(environment)
    wanted = settings.from_environment(given)
    starter = given.get(STARTED_BY, "")
    terminal = sys.stdout.fileno() if sys.stdout.isatty() else None
    farewell = Farewell(started_by=int(starter) if starter.isdecimal() else None, terminal=terminal)
    try:
        with premises.data_folder(wanted.data):
            _in_its_folder(wanted, given, farewell, console)
    except KeyboardInterrupt:
        farewell.say(None, code=0)
    except CannotStart as error:
        raise Stop(f"{str(error).rstrip('.')}.") from error
    if farewell.why:
        raise Stop(farewell.why)
    console.print("Everything has ended, and the data is kept.")


def _in_its_folder(wanted: Settings, given: Mapping[str, str], farewell: Farewell, console: Console) -> None:
    # The API listens where gunicorn's settings say, sandbox and mailbox never beyond this machine.
    web = Door(setting="PORT", host=given.get("BIND") or "127.0.0.1", port=wanted.port)
    sandbox = Door(setting="SANDBOX_PORT", host="127.0.0.1", port=wanted.sandbox_port)
    mailbox = Door(setting="MAILBOX_PORT", host="127.0.0.1", port=wanted.mailbox_port)
    slot = Door(setting="MAILBOX_SMTP_PORT", host="127.0.0.1", port=wanted.mailbox_smtp_port)
    commands = procfile.commands()
    premises.need_free((web, sandbox, mailbox, slot))
    with _servers(wanted, console) as urls:
        bring_up_to_date(urls["DATABASE_URL"])
        token = premises.admin_token(wanted.data, given)
        house = House(
            url=web.url,
            sandbox_url=sandbox.url,
            mailbox_url=mailbox.url,
            data=wanted.data,
            redis_url=urls["REDIS_URL"],
            token=token,
            processes=frozenset(commands),
            since=datetime.now(UTC),
        )
        known = {**urls, **premises.keys(wanted.data, given), "ADMIN_TOKEN": token}
        children = {"SANDBOX_URL": sandbox.url, **_for_children(wanted, given), **known}
        if children.get("WEBHOOKS_ALLOW_PRIVATE") == "1":
            console.print("Webhooks may go to this machine, as WEBHOOKS_ALLOW_PRIVATE=1 says.")
        _live(commands, children, house, farewell, console)


@contextmanager
def _servers(wanted: Settings, console: Console) -> Iterator[dict[str, str]]:
    """DATABASE_URL and REDIS_URL: as they are set, or those of embedded servers."""
    if wanted.database_url and wanted.redis_url:
        yield {"DATABASE_URL": wanted.database_url, "REDIS_URL": wanted.redis_url}
        return
    console.print(f"Starting PostgreSQL and Valkey in {wanted.data} …")
    with embedded_servers(wanted.data, keep=True) as embedded:
        yield {
            "DATABASE_URL": wanted.database_url or embedded.database_url,
            "REDIS_URL": wanted.redis_url or embedded.redis_url,
        }


def _for_children(wanted: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """What the processes get: everything that was set, and what `up` knows better."""
    embedded = not (wanted.database_url or wanted.redis_url)
    children = {
        **({"RATE_LIMIT": _NO_LIMIT, "WEBHOOKS_ALLOW_PRIVATE": "1"} if embedded else {}),
        **given,
        "PORT": str(wanted.port),
        "SANDBOX_PORT": str(wanted.sandbox_port),
        "MAILBOX_PORT": str(wanted.mailbox_port),
        "MAILBOX_SMTP_PORT": str(wanted.mailbox_smtp_port),
        "TRAVELHUB_DATA": str(wanted.data),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), given.get("PATH", os.defpath))),
        "PYTHONUNBUFFERED": "1",
    }
    children.pop(STARTED_BY, None)
    return children


def _live(
    commands: Mapping[str, str], children: Mapping[str, str], house: House, farewell: Farewell, console: Console
) -> None:
    """From the first process to the last; `children` is what they see of the world."""
    greeter = threading.Thread(target=_greet, args=(house, farewell, console), name="greeter", daemon=True)
    with closing(Scribe(house.data / "logs", console, hushed=lambda: farewell.said)) as scribe:
        # A thread that lives while the processes are forked off could leave its locks held in them.
        home = Household(scribe=scribe, farewell=farewell, settled=greeter.start)
        home.run(commands, environment=children, folder=procfile.ROOT)
        greeter.join(_GREETER_ENDS_WITHIN)
        if home.fallen:
            console.print(f"The last words of {home.fallen}:")
            for line in scribe.last_words(home.fallen):
                console.print(Text(f"  {line}", "dim"))


def _greet(house: House, farewell: Farewell, console: Console) -> None:
    """A house whose greeter stumbled would stand there and say nothing: it ends, below the traceback."""
    welcomed = False
    try:
        greet(house, farewell, console)
        welcomed = True
    finally:
        if not welcomed:
            farewell.say("The start broke off through a mistake of ours: please report what stands above.", code=1)
