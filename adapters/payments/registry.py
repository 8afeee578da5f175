"""The payment gateways that this process is connected to, and how their webhooks are told from forged ones."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.payments import square, stripe
from adapters.payments.declared import Connected, Declared, connected
from adapters.payments.gateway import Gateway
from domain.payments import Method, Verify

GATEWAYS: Final[Mapping[str, Declared]] = MappingProxyType(
    {declared.name: declared for declared in (stripe.GATEWAY, square.GATEWAY)}
)


def gateways(environment: Mapping[str, str]) -> Mapping[str, Gateway]:
    """By name; the first one is taken unless another is asked for: `DEFAULT_GATEWAY`, or the first of `GATEWAYS`.

    Raises ValueError for a part of a gateway's secrets, and for a default that is not connected.
    """
    return MappingProxyType({name: GATEWAYS[name].gateway(one) for name, one in _connected(environment).items()})


def signatures(environment: Mapping[str, str]) -> Mapping[str, Verify]:
    """In the same order. Raises ValueError as `gateways`."""
    return MappingProxyType({name: GATEWAYS[name].verify(one) for name, one in _connected(environment).items()})


def methods(environment: Mapping[str, str]) -> Mapping[str, frozenset[Method]]:
    """In which ways each lets people pay, in the same order. Raises ValueError as `gateways`."""
    return MappingProxyType({name: GATEWAYS[name].methods for name in _connected(environment)})


def _connected(environment: Mapping[str, str]) -> Mapping[str, Connected]:
    found = {name: one for name, declared in GATEWAYS.items() if (one := connected(declared, environment)) is not None}
    first = environment.get("DEFAULT_GATEWAY")
    if not first:
        return found
    if first not in found:
        raise ValueError(f"DEFAULT_GATEWAY is {first!r}, but connected are {', '.join(found) or 'none'}")
    return {first: found[first], **found}
