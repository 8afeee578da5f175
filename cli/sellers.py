"""Every supplier found by its folder: what it sells, whether it is connected, what it may be asked."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

import msgspec
from rich.table import Table
from rich.text import Text

from adapters.kit.access import access
from adapters.kit.budget import Budget
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Supplier
from cli.stops import Stop


class Seller(msgspec.Struct, frozen=True, kw_only=True):
    """`connection` is live (with your key), sandbox or none; `missing` names the secrets that are not set.

    `sells` are the verticals that it answers searches of, `looks_up` what it tells by a key, such as how a flight stands.
    """

    slug: str
    title: str
    documentation: str
    sells: tuple[str, ...]
    lists: tuple[str, ...]
    looks_up: tuple[str, ...]
    connection: str
    missing: tuple[str, ...]
    budget: str
    offers_live_for_seconds: int | None


def sellers(environment: Mapping[str, str]) -> tuple[Seller, ...]:
    """Raises Stop for a setting of a supplier that can't be read."""
    return tuple(_seller(supplier, environment) for supplier in suppliers().values())


def _seller(supplier: Supplier, environment: Mapping[str, str]) -> Seller:
    try:
        found = access(supplier, environment)
    except ValueError as error:
        raise Stop(f"{supplier.slug}: {error}.") from error
    live_for = supplier.offers_live_for
    return Seller(
        slug=supplier.slug,
        title=supplier.title,
        documentation=supplier.documentation,
        sells=tuple(sorted(supplier.searches)),
        lists=tuple(sorted(supplier.catalogues)),
        looks_up=tuple(sorted(enquiry.__name__.removesuffix("Enquiry").lower() for enquiry in supplier.lookups)),
        connection="none" if found is None else "live" if found.live else "sandbox",
        missing=tuple(name for name in supplier.auth.secrets if not environment.get(name)),
        budget=budget(found.budget if found else supplier.budget),
        offers_live_for_seconds=None if live_for is None else int(live_for.total_seconds()),
    )


def table(found: tuple[Seller, ...]) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("Supplier", "Title", "Answers", "Connected", "Budget", "Offers live for"):
        shown.add_column(heading)
    for seller in found:
        live_for = seller.offers_live_for_seconds
        shown.add_row(
            seller.slug,
            seller.title,
            ", ".join(dict.fromkeys((*seller.sells, *seller.lists, *seller.looks_up))),
            _connected(seller),
            seller.budget,
            "by their age" if live_for is None else str(timedelta(seconds=live_for)),
        )
    return shown


def budget(shared: Budget) -> str:
    """As `<SLUG>_BUDGET` takes it, and how many calls fly at once: `600/60s,100/5s, 20 at once`."""
    windows = (f"{window.calls}/{Decimal(str(window.seconds)).normalize():f}s" for window in shared.windows)
    return f"{','.join(windows)}, {shared.concurrency} at once"


def _connected(seller: Seller) -> Text:
    if seller.connection == "live":
        return Text("live", "green")
    word, colour = ("sandbox", "yellow") if seller.connection == "sandbox" else ("not connected", "red")
    return Text.assemble((word, colour), f", live with {' and '.join(seller.missing)}")
