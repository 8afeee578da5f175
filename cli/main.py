"""The command line: words in, exit codes out. 0 is done, 1 could not be done, 2 was not understood."""

import sys
from collections.abc import Sequence
from typing import Final

from cyclopts import App, CycloptsError

from cli.commands.hotels import hotels, judging
from cli.commands.operating import bookings, comparing, findings, queues
from cli.commands.people import accounts, keys
from cli.commands.running import running
from cli.commands.search import search
from cli.commands.suppliers import adding, suppliers
from cli.stops import Stop
from cli.terminal import errors


def _usage(error: CycloptsError) -> str:
    return f"{error} (`travelhub --help` tells what there is)"


app: Final = App(
    name="travelhub",
    help="A back end for travel apps: suppliers in, one model, cached search out.",
    version_flags=(),
    help_format="plaintext",
    error_formatter=_usage,
    error_console=errors,
)

# Words of their own, such as `travelhub search`, and commands that stand alone.
for group in (search, hotels, suppliers, accounts, keys, findings, bookings, queues):
    app.command(group)
for alone in (running, judging, adding, comparing):
    app.command(alone, name="*")


def main(words: Sequence[str] | None = None) -> None:
    """Ends the process."""
    try:
        app(sys.argv[1:] if words is None else list(words))
    except Stop as stop:
        errors.print(str(stop), style="red")
        sys.exit(1)
