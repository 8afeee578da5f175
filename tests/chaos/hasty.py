"""Workers for whom suppliers show their orders as soon as the sandbox does, where real ones may take a quarter of an hour.

An order whose answer was lost is asked for until it would have to be visible: in a storm that must be over within a
minute or two nobody can wait for that.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from types import MappingProxyType
from typing import Final

import msgspec

from adapters.kit import registry
from adapters.kit.supplier import Selling, Supplier

# Longer than what the storm hides of an order, and the slowest of its calls.
_VISIBLE_WITHIN: Final = timedelta(seconds=15)


_DECLARED: Final = registry.suppliers()


@cache
def _suppliers() -> Mapping[str, Supplier]:
    return MappingProxyType({slug: _hasty(supplier) for slug, supplier in _DECLARED.items()})


def _hasty(supplier: Supplier) -> Supplier:
    sells = {vertical: _sooner(selling) for vertical, selling in supplier.sells.items()}
    return msgspec.structs.replace(supplier, sells=MappingProxyType(sells))


def _sooner(selling: Selling) -> Selling:
    return msgspec.structs.replace(selling, visible_within=min(selling.visible_within, _VISIBLE_WITHIN))


registry.suppliers = _suppliers

import workers.main  # noqa: E402, F401 -- it takes the suppliers as they are by then
