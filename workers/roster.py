"""To whom this worker is connected, as operators are told."""

from collections.abc import Iterable

from adapters.kit.breaker import Tolerance
from adapters.kit.client import SupplierClient
from storage.suppliers import Allowance, Connected


def roster(clients: Iterable[SupplierClient]) -> tuple[Connected, ...]:
    """By slug. Every client has the kit's own tolerance."""
    return tuple(_connected(client) for client in sorted(clients, key=lambda client: client.supplier.slug))


def _connected(client: SupplierClient) -> Connected:
    supplier, budget = client.supplier, client.access.budget
    return Connected(
        slug=supplier.slug,
        title=supplier.title,
        live=client.access.live,
        sells=tuple(sorted(supplier.searches)),
        lists=tuple(sorted(supplier.catalogues)),
        allowances=tuple(
            Allowance(
                id=window.id,
                calls=window.calls,
                seconds=window.seconds,
                operations=tuple(sorted(window.operations)),
            )
            for window in budget.windows
        ),
        concurrency=budget.concurrency,
        breaker_seconds=Tolerance().seconds,
        looks=tuple(sorted({searching.operations[0] for searching in supplier.searches.values()})),
    )
