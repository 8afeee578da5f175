"""A supplier whose folder is taken away takes its tests with it."""

from pathlib import Path

from adapters.kit.registry import suppliers

_HERE = Path(__file__).parent


def _slug(test: Path) -> str:
    """test_<slug>.py and test_<slug>_<more>.py belong to the supplier <slug>."""
    return test.stem.removeprefix("test_")


collect_ignore = [
    test.name
    for test in _HERE.glob("test_*.py")
    if not any(_slug(test) == slug or _slug(test).startswith(f"{slug}_") for slug in suppliers())
]
