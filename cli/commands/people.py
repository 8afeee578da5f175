"""`travelhub people` and `travelhub keys`: who may do how much, and what signs and seals."""

import os
from typing import Final

from cyclopts import App

from cli import people
from cli.premises import kept_keys
from cli.procfile import with_dotenv
from cli.terminal import database, here, show
from domain.people import Role
from storage.vault import new_key

accounts: Final = App(name="people", help="Who has an account, and what they may do.")
keys: Final = App(name="keys", help="What signs tokens and seals travellers.")


@accounts.command(name="role")
def _role(who: str, role: Role, /) -> None:
    """Make somebody an operator, an admin or a traveller: `travelhub people role amelia@example.org operator`."""
    person = people.with_role(database(), who, role)
    show(f"{person.email or person.id} is {person.role} from the next sign-in on; sessions that were open have ended.")


@keys.command(name="new")
def _new() -> None:
    """Print a key for TOKEN_KEYS or ENCRYPTION_KEYS: put it in front of those that are there."""
    show(new_key())


@keys.command(name="turn")
def _turn() -> None:
    """Seal everything anew with the first of ENCRYPTION_KEYS, so that the others can leave."""
    ours = with_dotenv(os.environ)
    for name, count in people.turned(database(), kept_keys(here().data, ours)["ENCRYPTION_KEYS"]).items():
        show(f"{name}: {count}")
    show("Everything is sealed with the first key. The others can leave when the letters of today are written.")
