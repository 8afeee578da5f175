"""The sandbox server's entry point: `uvicorn sandbox.app:app`."""

import os

from sandbox.server import create_app
from sandbox.world import World

__all__ = ["app", "create_app"]

app = create_app(world=World(seed=int(os.environ.get("SANDBOX_SEED", "1"))))
