"""`travelhub up`, `migrate`, `sync`, `explain`, `version`: what one does with a TravelHub of one's own."""

import os
import sys
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from typing import Annotated, Final

from cyclopts import App, Parameter

from api.answers import SyncJob
from cli import explain, syncs
from cli.client import Api, read
from cli.database import bring_up_to_date
from cli.stops import Stop
from cli.terminal import ANYWHERE, Target, admin_token, console, database, errors, here, print_json, show, url
from cli.up import up
from domain.catalogue import Subject

running: Final = App(version_flags=())


@running.command(name="up")
def _up() -> None:
    """Start everything on this machine; Ctrl-C ends it. This is what `make run` does."""
    up(console(wraps=False), os.environ)


@running.command(name="sync")
def _sync(subject: Subject, /, *, target: Target = ANYWHERE) -> None:
    """Load the world's airports or airlines anew, and wait for it."""
    with Api(url(target)) as api:
        body = syncs.sync(api, subject, token=admin_token(), console=errors)
    if target.json:
        print_json(body)
        return
    job = read(body, SyncJob)
    show(syncs.summary(job), *(f"  {record.where}: {record.why}" for record in job.skipped))


@running.command(name="explain")
def _explain(offer: str = "", /, *, search: str = "", json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Why an offer is what it is, its archived replies read again: an offer's id, or `--search` and a search's."""
    told = explain.told(database(), offer=offer, search=search)
    if json:
        print_json(told)
    else:
        show(*explain.shown(told))
    if not told.true:
        sys.exit(1)


@running.command(name="migrate")
def _migrate() -> None:
    """Bring the database at DATABASE_URL to this version; `up` does it by itself."""
    ours = here().database_url
    if not ours:
        raise Stop("DATABASE_URL is not set: the embedded database is brought up to date by `make run`.")
    bring_up_to_date(ours)
    show("The database is up to date.")


@running.command(name="version")
def _version() -> None:
    """The version of what is installed."""
    try:
        show(installed("travelhub"))
    except PackageNotFoundError as error:
        raise Stop("TravelHub is not installed here: `make run` does that.") from error
