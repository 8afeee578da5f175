"""One ASGI server for the sandboxes of all suppliers and payment gateways, and the controls over them."""

from collections.abc import Mapping
from typing import Final

import orjson

from adapters.kit.registry import suppliers as registered
from adapters.payments.sandboxes import sandbox_modules
from sandbox.asgi import App, Receive, Scope, Send, answer
from sandbox.controls import controls
from sandbox.faults import Faults
from sandbox.ledger import Ledger
from sandbox.mounts import Mount, SupplierSandbox, loaded
from sandbox.world import World


def create_app(
    *,
    world: World,
    suppliers: Mapping[str, SupplierSandbox] | None = None,
    gateways: Mapping[str, SupplierSandbox] | None = None,
) -> App:
    """`suppliers` maps slugs to sandboxes, and `gateways` names; with neither of them all that there are are mounted.

    Raises TypeError for a supplier without a sandbox: nobody finds out later, by a search that stays short.
    """
    if suppliers is None and gateways is None:
        suppliers = {slug: loaded(slug) for slug in registered()}
        gateways = {name: loaded(name, module) for name, module in sandbox_modules().items()}
    paid = gateways or {}
    sandboxes = {**(suppliers or {}), **paid}
    ledger, faults = Ledger(clock=world.now), Faults()
    mounts = {
        slug: Mount(slug=slug, sandbox=sandbox, world=world, ledger=ledger, faults=faults)
        for slug, sandbox in sandboxes.items()
    }
    own = controls(
        world=world,
        ledger=ledger,
        faults=faults,
        operations={slug: mount.operations for slug, mount in mounts.items()},
        outcomes={slug: mount.outcomes for slug, mount in mounts.items()},
        sells={slug: mount.sells for slug, mount in mounts.items()},
        gateways=frozenset(paid),
    )
    return _Server(mounts, own)


class _Server:
    """Paths that start with an underscore are the sandbox's own, any other first word is a supplier or a gateway."""

    def __init__(self, mounts: Mapping[str, App], own: App) -> None:
        self._mounts: Final = mounts
        self._own: Final = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_"):
            await self._own(scope, receive, send)
            return
        mount = self._mounts.get(scope["path"].split("/")[1])
        if mount is None:
            body = orjson.dumps({"title": "no such supplier", "suppliers": list(self._mounts)})
            await answer(send, status=404, body=body, content_type=b"application/problem+json")
            return
        await mount(scope, receive, send)
