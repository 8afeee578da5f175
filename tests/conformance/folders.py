"""Suppliers' folders: which can be loaded at all, and their modules, opening sentences and imports as text."""

import ast
import importlib
import pkgutil
import traceback
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

import adapters.suppliers
from adapters.kit.registry import sandbox_module
from adapters.kit.supplier import Supplier

SANDBOX: Final = "sandbox"
_FOLDERS: Final = Path(adapters.suppliers.__path__[0])


class Folder(msgspec.Struct, frozen=True, kw_only=True):
    """One folder under adapters/suppliers; `trouble` is why it declares no supplier, in its author's words."""

    slug: str
    supplier: Supplier | None
    trouble: str | None = None


@cache
def found() -> tuple[Folder, ...]:
    """Every folder in alphabetical order: one that can't be loaded must not hide the others."""
    names = sorted(module.name for module in pkgutil.iter_modules(adapters.suppliers.__path__))
    return tuple(_loaded(name) for name in names)


@cache
def suppliers() -> Mapping[str, Supplier]:
    """Slug to declaration, of every folder that has one."""
    return MappingProxyType({folder.slug: folder.supplier for folder in found() if folder.supplier is not None})


def _loaded(slug: str) -> Folder:
    try:
        declared = getattr(importlib.import_module(f"adapters.suppliers.{slug}"), "SUPPLIER", None)
    except Exception:  # noqa: BLE001 -- whatever is wrong in a folder is that supplier's failure, never the suite's
        return Folder(slug=slug, supplier=None, trouble=traceback.format_exc(limit=-3))
    if not isinstance(declared, Supplier) or declared.slug != slug:
        return Folder(slug=slug, supplier=None, trouble="its __init__.py declares no SUPPLIER of that slug")
    return Folder(slug=slug, supplier=declared)


def outcomes(slug: str) -> Mapping[str, frozenset[str]]:
    """By operation, what the supplier's sandbox can be made to play; nothing where there is no sandbox yet."""
    try:
        pretend = importlib.import_module(sandbox_module(slug))
    except Exception:  # noqa: BLE001 -- it fails at its declaration
        return MappingProxyType({})
    told: Mapping[str, frozenset[str]] = getattr(pretend, "OUTCOMES", MappingProxyType({}))
    return told


def folder(slug: str) -> Path:
    return _FOLDERS / slug


def modules(slug: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the folder, in alphabetical order, with its syntax tree."""
    for path in sorted(folder(slug).rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def pretends(path: Path) -> bool:
    """Whether a module belongs to the supplier's sandbox, which is one file or a package."""
    return path.relative_to(_FOLDERS).parts[1].removesuffix(".py") == SANDBOX


def imported(tree: ast.Module) -> set[str]:
    """Full names of the modules, wherever in the file they are imported."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return names | {"." * node.level + (node.module or "") for node in froms}


def attributes(tree: ast.Module) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
