"""What all commands share: where they print, where the API and the database are, and how machines are answered."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from cyclopts import Parameter
from rich.console import Console, RenderableType

import settings
from cli import drift, premises, procfile
from cli.stops import Stop

_FOR_FILES: Final = 160  # columns, where nobody has a window: a table in a file or a pipe is not cut


def console(*, errors: bool = False, wraps: bool = True) -> Console:
    """What is printed comes from elsewhere, so nothing in it is markup."""
    width = None if sys.stdout.isatty() else _FOR_FILES
    return Console(stderr=errors, soft_wrap=not wraps, width=width, markup=False, highlight=False, emoji=False)


_out: Final = console()
errors: Final = console(errors=True, wraps=False)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Target:
    """Where to ask, and for whom to print."""

    url: Annotated[str, Parameter(help="The API; by default the one at PORT on this machine.")] = ""
    json: Annotated[bool, Parameter(help="Print what the API said, for machines.", negative="")] = False


ANYWHERE: Final = Target()
ForMachines = Annotated[bool, Parameter(help="For machines.", negative="")]


def here() -> settings.Settings:
    """The settings of this machine, with what stands in .env."""
    return settings.from_environment(procfile.with_dotenv(os.environ))


def database() -> str:
    """Raises Stop where none is to be found."""
    ours = here()
    return drift.database(ours.database_url, ours.data)


def url(target: Target) -> str:
    return target.url or f"http://127.0.0.1:{here().port}"


def admin_token() -> str:
    """The one that is set, or that was made for the data folder. Raises Stop where there is neither."""
    environment = procfile.with_dotenv(os.environ)
    token = environment.get("ADMIN_TOKEN") or premises.kept_admin_token(Path(environment["TRAVELHUB_DATA"]))
    if not token:
        raise Stop("No admin token: set ADMIN_TOKEN, or TRAVELHUB_DATA to the data folder that holds it.")
    return token


def connections(ours: settings.Settings) -> dict[str, str]:
    """`travelhub up` connects whoever has no key to the sandbox, so that is how it stands unless one says otherwise."""
    return {"SANDBOX_URL": f"http://127.0.0.1:{ours.sandbox_port}", **ours.environment}


def print_json(told: Any) -> None:
    """Bytes as they came, anything else as msgspec writes it."""
    body = told if isinstance(told, bytes) else msgspec.json.encode(told)
    sys.stdout.write(f"{body.decode().rstrip()}\n")


def show(*parts: RenderableType) -> None:
    for part in parts:
        _out.print(part)
