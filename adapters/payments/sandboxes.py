"""Where the sandbox of each payment gateway is: found by its folder, and loaded by nobody but the sandbox server."""

import pkgutil
from functools import cache

import adapters.payments


@cache
def sandbox_modules() -> dict[str, str]:
    """Name to import path, in alphabetical order; none of it is imported here."""
    folders = sorted(module.name for module in pkgutil.iter_modules(adapters.payments.__path__) if module.ispkg)
    return {name: f"adapters.payments.{name}.sandbox" for name in folders}
