"""Where a supplier is reached and with what, from the environment: live with its secrets, else at the sandbox."""

from collections.abc import Mapping

import msgspec

from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Supplier


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """`live` is False at the sandbox, where nothing costs and nothing is true."""

    base_url: str
    secrets: Mapping[str, str]
    budget: Budget
    live: bool


def access(supplier: Supplier, environment: Mapping[str, str]) -> Access | None:
    """None when neither the supplier's secrets nor a sandbox are there.

    `<SLUG>_BASE_URL` and `<SLUG>_BUDGET` (such as `600/60s,100/5s`: what your contract allows) override the
    declaration. Raises ValueError for a budget that can't be read.
    """
    prefix = supplier.slug.upper()
    budget = _budget(supplier.budget, environment.get(f"{prefix}_BUDGET", ""))
    secrets = {name: environment[name] for name in supplier.auth.secrets if environment.get(name)}
    if len(secrets) == len(supplier.auth.secrets):
        base_url = environment.get(f"{prefix}_BASE_URL") or supplier.live_url
        return Access(base_url=base_url, secrets=secrets, budget=budget, live=True)
    if sandbox := environment.get("SANDBOX_URL"):
        base_url = environment.get(f"{prefix}_BASE_URL") or f"{sandbox.rstrip('/')}/{supplier.slug}"
        return Access(base_url=base_url, secrets=supplier.sandbox_secrets, budget=budget, live=False)
    return None


def _budget(declared: Budget, override: str) -> Budget:
    if not override:
        return declared
    try:
        rates = (rate.strip().removesuffix("s").split("/") for rate in override.split(","))
        windows = tuple(Window(calls=int(calls), seconds=float(seconds)) for calls, seconds in rates)
    except ValueError as error:
        raise ValueError(f"{override!r} is not a budget: write it like 600/60s,100/5s") from error
    return msgspec.structs.replace(declared, windows=windows)
