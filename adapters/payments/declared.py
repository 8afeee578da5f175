"""What a gateway says of itself, and where this process reaches it."""

from collections.abc import Callable, Mapping

import msgspec

from adapters.payments.gateway import Gateway
from domain.payments import Method, Verify


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """Where a gateway is reached, with the secrets that it named, and where payers come back to.

    `webhook_url` is the address of our webhook as the gateway was told it; None: as requests for it arrive.
    """

    base_url: str
    secrets: Mapping[str, str]
    return_url: str
    webhook_url: str | None


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """`sandbox_secrets` has the names of the secrets; what it has under them opens nothing but the sandbox."""

    name: str
    title: str
    live_url: str
    sandbox_secrets: Mapping[str, str]
    gateway: Callable[[Connected], Gateway]
    verify: Callable[[Connected], Verify]
    methods: frozenset[Method] = frozenset(Method)


def connected(declared: Declared, environment: Mapping[str, str]) -> Connected | None:
    """Live with all of its secrets, else at the sandbox; None where there is neither.

    `<NAME>_BASE_URL` overrides the address, `<NAME>_WEBHOOK_URL` tells that of our webhook. Raises ValueError for a part of the secrets: somebody who sets one means to
    go live, and would take the sandbox's money for true.
    """
    named = {name: environment.get(name, "") for name in declared.sandbox_secrets}
    missing = [name for name, secret in named.items() if not secret]
    if missing and len(missing) < len(named):
        raise ValueError(f"{declared.title} goes live with all of its secrets, and lacks {', '.join(missing)}")
    prefix = declared.name.upper()
    another, sandbox = environment.get(f"{prefix}_BASE_URL"), environment.get("SANDBOX_URL", "").rstrip("/")
    if missing and not sandbox:
        return None
    return Connected(
        base_url=another or (f"{sandbox}/{declared.name}" if missing else declared.live_url),
        secrets=declared.sandbox_secrets if missing else named,
        return_url=environment.get("PAYMENT_RETURN_URL")
        or f"http://127.0.0.1:{environment.get('PORT') or '8000'}/docs",
        webhook_url=environment.get(f"{prefix}_WEBHOOK_URL") or None,
    )
