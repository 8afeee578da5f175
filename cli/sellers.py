"""Every supplier found by its folder: what it sells, whether it is connected, what it may be asked."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec
from rich.table import Table

from adapters.kit.access import access
from adapters.kit.registry import suppliers
from adapters.kit.supplier import Budget, Supplier
from cli.stops import Stop


class Seller(msgspec.Struct, frozen=True, kw_only=True):
    """`connection` is live (with your key), sandbox or none; `missing` names the secrets that are not set."""

    slug: str
    title: str
    documentation: str
    sells: tuple[str, ...]
    lists: tuple[str, ...]
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
        raise Stop(f"{supplier.slug.upper()}_BUDGET: {error}.") from error
    live_for = supplier.offers_live_for
    return Seller(
        slug=supplier.slug,
        title=supplier.title,
        documentation=supplier.documentation,
        sells=tuple(sorted(supplier.searches)),
        lists=tuple(sorted(supplier.catalogues)),
        connection="none" if found is None else "live" if found.live else "sandbox",
        missing=tuple(name for name in supplier.auth.secrets if not environment.get(name)),
        budget=budget(found.budget if found else supplier.budget),
        offers_live_for_seconds=None if live_for is None else int(live_for.total_seconds()),
    )


def table(found: tuple[Seller, ...]) -> Table:
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Supplier", "Title", "Sells", "Lists", "Connected", "Budget", "Offers live for", "Not set"):
        shown.add_column(heading)
    colours = {"live": "green", "sandbox": "yellow", "none": "red"}
    for seller in found:
        live_for = seller.offers_live_for_seconds
        shown.add_row(
            seller.slug,
            seller.title,
            ", ".join(seller.sells) or "-",
            ", ".join(seller.lists) or "-",
            f"[{colours[seller.connection]}]{seller.connection}[/]",
            seller.budget,
            "by their age" if live_for is None else str(timedelta(seconds=live_for)),
            ", ".join(seller.missing) or "-",
        )
    return shown


def budget(spent_by_all: Budget) -> str:
    """`100 a minute, 5 at once`."""
    windows = [f"{window.calls} {_each(window.seconds)}" for window in spent_by_all.windows]
    return ", ".join([*windows, f"{spent_by_all.concurrency} at once"])


def _each(seconds: float) -> str:
    named = {1: "a second", 60: "a minute", 3600: "an hour", 86400: "a day"}
    return named.get(int(seconds), f"in {timedelta(seconds=seconds)}") if seconds == int(seconds) else f"in {seconds} s"
