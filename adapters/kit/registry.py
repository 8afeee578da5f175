"""Every supplier, found by its folder."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import adapters.suppliers
from adapters.kit.supplier import Supplier


@cache
def suppliers() -> Mapping[str, Supplier]:
    """Slug to declaration, in alphabetical order. Raises TypeError for a folder without a declaration of its own slug."""
    found = {}
    for module in sorted(pkgutil.iter_modules(adapters.suppliers.__path__), key=lambda module: module.name):
        declared = getattr(importlib.import_module(f"adapters.suppliers.{module.name}"), "SUPPLIER", None)
        if not isinstance(declared, Supplier) or declared.slug != module.name:
            raise TypeError(f"adapters/suppliers/{module.name} does not declare a SUPPLIER with that slug")
        found[module.name] = declared
    return MappingProxyType(found)


def sandbox_module(slug: str) -> str:
    """The import path of a supplier's sandbox, which only the sandbox server loads."""
    return f"adapters.suppliers.{slug}.sandbox"
