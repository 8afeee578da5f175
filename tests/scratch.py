"""Where servers of tests keep their files: in memory, on machines that have enough of it."""

import shutil
from pathlib import Path
from typing import Final

_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108 -- folders in it are made by tempfile, private to whoever made them
_ENOUGH: Final = 4 * 1024**3  # bytes; a server takes a hundredth of it


def room() -> Path | None:
    """None: wherever temporary files go."""
    try:
        return _IN_MEMORY if shutil.disk_usage(_IN_MEMORY).free > _ENOUGH else None
    except OSError:
        return None
