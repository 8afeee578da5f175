"""Where a supplier is reached and with what, from the environment: live with its secrets, else at the sandbox."""

from collections.abc import Mapping

import msgspec

from adapters.kit.auth import TokenAuth
from adapters.kit.budget import Budget, Window
from adapters.kit.supplier import Supplier


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """`live` is False at the sandbox, where nothing costs and nothing is true.

    `token_url` is where tokens are asked for, None where the calls go too.
    """

    base_url: str
    secrets: Mapping[str, str]
    budget: Budget
    live: bool
    token_url: str | None = None


def access(supplier: Supplier, environment: Mapping[str, str]) -> Access | None:
    """None when neither the supplier's secrets nor a sandbox are there.

    A supplier is live with all of its secrets; one that has none, with `<SLUG>_LIVE=yes`. `<SLUG>_BASE_URL`, for its
    tokens too, and `<SLUG>_BUDGET` (such as `600/60s,100/5s`: what your contract allows; `30/60s:search` for some
    operations only) override the declaration. Raises ValueError for a budget that can't be read, and for a part of
    the secrets: somebody who sets one means to go live, and would take the sandbox's prices for true.
    """
    prefix = supplier.slug.upper()
    contract = environment.get(f"{prefix}_BUDGET", "")
    budget = _budget(supplier.budget, contract)
    another = environment.get(f"{prefix}_BASE_URL")
    if _live(supplier, environment):
        return Access(
            base_url=another or supplier.live_url,
            secrets={name: environment[name] for name in supplier.auth.secrets},
            budget=budget,
            live=True,
            token_url=None if another or not isinstance(supplier.auth, TokenAuth) else supplier.auth.token_host,
        )
    if sandbox := environment.get("SANDBOX_URL"):
        base_url = another or f"{sandbox.rstrip('/')}/{supplier.slug}"
        if supplier.sandbox_budget is not None and not contract:
            budget = supplier.sandbox_budget
        return Access(base_url=base_url, secrets=supplier.sandbox_secrets, budget=budget, live=False)
    return None


def _live(supplier: Supplier, environment: Mapping[str, str]) -> bool:
    names = supplier.auth.secrets
    if not names:
        return environment.get(f"{supplier.slug.upper()}_LIVE") == "yes"
    missing = [name for name in names if not environment.get(name)]
    if missing and len(missing) < len(names):
        raise ValueError(f"{supplier.title} goes live with all of its secrets, and lacks {', '.join(missing)}")
    return not missing


def _budget(declared: Budget, override: str) -> Budget:
    if not override:
        return declared
    try:
        windows = tuple(_window(rate.strip()) for rate in override.split(","))
    except ValueError as error:
        raise ValueError(f"{override!r} is not a budget: write it like 600/60s,100/5s") from error
    return msgspec.structs.replace(declared, windows=windows)


def _window(rate: str) -> Window:
    """Raises ValueError."""
    limit, _, operations = rate.partition(":")
    calls, seconds = limit.removesuffix("s").split("/")
    return Window(calls=int(calls), seconds=float(seconds), operations=frozenset(operations.split("+")) - {""})
