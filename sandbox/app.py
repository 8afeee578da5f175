"""The sandbox server's entry point: `uvicorn sandbox.app:app`."""

import os
from collections.abc import Mapping

from sandbox.server import create_app
from sandbox.world import World

__all__ = ["app", "create_app", "noise", "seed", "webhooks_to"]


def seed(environment: Mapping[str, str]) -> int:
    """`SANDBOX_SEED`, 1 where it is not set. Raises ValueError for what is not a whole number."""
    told = environment.get("SANDBOX_SEED") or "1"
    try:
        return int(told)
    except ValueError as error:
        raise ValueError(f"SANDBOX_SEED is {told!r}, but a seed is a whole number") from error


def noise(environment: Mapping[str, str]) -> float:
    """`SANDBOX_NOISE`, 1 where it is not set: 0 to 5. Raises ValueError for anything else."""
    told = environment.get("SANDBOX_NOISE") or "1"
    try:
        level = float(told)
    except ValueError as error:
        raise ValueError(f"SANDBOX_NOISE is {told!r}, but a noise is a number") from error
    if not 0 <= level <= 5:
        raise ValueError(f"SANDBOX_NOISE is {told!r}, but a noise lies between 0 and 5")
    return level


def webhooks_to(environment: Mapping[str, str]) -> str:
    """`PAYMENT_WEBHOOKS_TO`, where gateways tell what happened; on this machine's `PORT` where it is not set."""
    port = environment.get("PORT") or "8000"
    return environment.get("PAYMENT_WEBHOOKS_TO") or f"http://127.0.0.1:{port}/v1/payments/webhook"


app = create_app(world=World(seed=seed(os.environ), noise=noise(os.environ), webhooks_to=webhooks_to(os.environ)))
