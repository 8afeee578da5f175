"""Reads the two files that operators know from honcho and its kin: the Procfile and .env."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from honcho.environ import parse, parse_procfile

from cli.stops import Stop

ROOT: Final = Path(__file__).resolve().parent.parent


def commands() -> dict[str, str]:
    """Process name to command line, in the file's order. Raises Stop."""
    return dict(parse_procfile(_text(ROOT / "Procfile")).processes)


def with_dotenv(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, and what .env says of the rest. An unnamed data folder is the project's, wherever we stand."""
    path = ROOT / ".env"
    written = parse(_text(path)) if path.exists() else {}
    return {"TRAVELHUB_DATA": str(ROOT / ".travelhub"), **written, **environment}


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"Cannot read {path}: {error}.") from error
