"""A supplier's folder as text: its modules, their opening sentences and what they import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import adapters.suppliers

SANDBOX = "sandbox.py"


def folder(slug: str) -> Path:
    return Path(adapters.suppliers.__path__[0]) / slug


def modules(slug: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of the folder, in alphabetical order, with its syntax tree."""
    for path in sorted(folder(slug).rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(tree: ast.Module) -> set[str]:
    """Full names of the modules, wherever in the file they are imported."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return names | {"." * node.level + (node.module or "") for node in froms}


def attributes(tree: ast.Module) -> set[str]:
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
