"""Run by test_household: a household of the commands in its argument, with its logs in the folder in front of them."""

import json
import os
import sys
from pathlib import Path

from rich.console import Console

from cli.farewell import Farewell
from cli.household import Household
from cli.scribe import Scribe


def main(folder: Path, commands: dict[str, str], started_by: int | None) -> int:
    farewell = Farewell(started_by=started_by, terminal=sys.stdout.fileno() if sys.stdout.isatty() else None)
    scribe = Scribe(folder / "logs", Console(soft_wrap=True), hushed=lambda: farewell.said)
    home = Household(scribe=scribe, farewell=farewell, settled=(folder / "settled").touch)
    home.run(commands, environment=os.environ, folder=folder)
    scribe.close()
    if farewell.why:
        sys.stdout.write(f"{farewell.why}\n")
    return farewell.code


if __name__ == "__main__":
    parent = os.getppid() if sys.argv[3:] == ["with its parent"] else None
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2]), parent))
