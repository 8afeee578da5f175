"""`travelhub suppliers` and `new-supplier`: who is connected, what they have begun to say, and room for another one."""

import sys
from typing import Annotated, Final

from cyclopts import App, Parameter

from cli import check, drift, proven, sellers
from cli.new_supplier import Vertical, farewell, new_supplier
from cli.terminal import ForMachines, connections, database, here, print_json, show

suppliers: Final = App(name="suppliers", help="All suppliers, and which of them are connected.")
adding: Final = App(version_flags=())


@suppliers.default
def _suppliers(*, json: ForMachines = False) -> None:
    """All suppliers, and which of them are connected."""
    ours = here()
    listed = sellers.sellers(connections(ours))
    if json:
        print_json(listed)
        return
    show(sellers.table(listed))
    if proofs := proven.proofs():
        show("", proven.table(proofs))


@suppliers.command(name="drift")
def _drift(slug: str | None = None, /, *, json: ForMachines = False) -> None:
    """What suppliers have begun to say and stopped saying: `travelhub suppliers drift`, or one supplier's slug."""
    told = drift.found(database(), slug)
    if json:
        print_json(told)
        return
    show(drift.table(told), drift.summary(told))


@suppliers.command(name="check")
def _check(slug: str, /, *, json: ForMachines = False) -> None:
    """One cheap call to a supplier, live where its secrets are set: `travelhub suppliers check`, and its slug."""
    ours = here()
    seen = check.checked(check.named(slug), connections(ours), redis_url=ours.redis_url)
    if json:
        print_json(seen)
    else:
        show(check.table(seen))
    if not seen.good:
        sys.exit(1)


@adding.command(name="new-supplier")
def _new_supplier(
    slug: str, /, *, vertical: Annotated[Vertical, Parameter(help="What it sells.")] = Vertical.FLIGHTS
) -> None:
    """Write the folder of a new supplier: `travelhub new-supplier heron --vertical hotels`."""
    show(farewell(slug, new_supplier(slug, vertical)))
