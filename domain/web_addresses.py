"""Addresses that we call because somebody asked us to: which of them lead out into the internet and nowhere else."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

import msgspec

LONGEST_URL: Final = 2000
_LABEL: Final = "[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")
_VISIBLE: Final = re.compile(r"[!-~]+")
_HTTPS: Final = 443
_OF_THE_SYSTEM: Final = 1024  # ports below belong to services that nobody reads our messages with

# Networks that the registries of special addresses (RFC 6890 and its followers) keep from the internet at large, and one
# that a hosting company answers its own machines at.
_CLOSED: Final = tuple(
    (ip_network(network), why)
    for network, why in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's own network"),
        ("127.0.0.0/8", "this machine"),
        ("168.63.129.16/32", "a hosting company's own"),
        ("169.254.0.0/16", "a link's own"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "kept for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a relay into IPv6"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "for measurements"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "for many at once"),
        ("240.0.0.0/4", "kept for later"),
        ("2001::/23", "kept for protocols"),
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "a tunnel to another address"),
        ("3fff::/20", "for documentation"),
    )
)
_WORLDWIDE: Final = IPv6Network("2000::/3")  # all of IPv6 that is routed in the internet
_IPV4_INSIDE: Final = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))  # mapped, and translated (NAT64)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a URL leads. `host` is a name or an address without brackets, `target` the path with the query."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """As it stands in a Host header."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORTS[self.scheme] else f"{shown}:{self.port}"


class Unfit(ValueError):
    """Nothing that we would call; the sentence goes on from the name of the field."""


_PORTS: Final = {"https": _HTTPS, "http": 80}


def place(url: str, *, private: bool = False) -> Place:
    """Raises Unfit. `private` allows for plain HTTP and any port as well."""
    if len(url) > LONGEST_URL or not _VISIBLE.fullmatch(url):
        raise Unfit(f"is no URL of at most {LONGEST_URL} visible ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Unfit("is no URL") from error
    if parts.scheme not in (_PORTS if private else ("https",)):
        raise Unfit("must begin with https://")
    if "@" in parts.netloc:
        raise Unfit("must not hold a user or a password: messages are signed instead")
    if "#" in url or "\\" in url:
        raise Unfit("must hold neither a fragment nor a backslash")
    host = parts.hostname or ""
    if not (_HOST.fullmatch(host) or _is_ipv6(host)):
        raise Unfit("names no host; names beyond ASCII are written as xn--…")
    port = _PORTS[parts.scheme] if port is None else port
    if (not private and port != _HTTPS and port < _OF_THE_SYSTEM) or not port:
        raise Unfit(f"must lead to port {_HTTPS}, or to one from {_OF_THE_SYSTEM} on")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(scheme=parts.scheme, host=host, port=port, target=target)


def closed(address: str) -> str | None:
    """Why an IP address is not one of the internet at large; None where it is. What is no address is closed as well."""
    try:
        found = ip_address(address)
    except ValueError:
        return "no address"
    return _closed(found)


def none_closed(addresses: Iterable[str]) -> None:
    """Raises Unfit unless there are addresses and all of them are open: one bad one spoils them all."""
    every = tuple(addresses)
    if not every:
        raise Unfit("names a host that has no address")
    for address in every:
        if (why := closed(address)) is not None:
            raise Unfit(f"leads to {address}, which is not in the open internet ({why})")


def _closed(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv6Address):
        if any(address in network for network in _IPV4_INSIDE):
            return _closed(IPv4Address(int(address) & 0xFFFF_FFFF))
        if address not in _WORLDWIDE:
            return "outside of what is routed"
    return next((why for network, why in _CLOSED if address in network), None)


def _is_ipv6(host: str) -> bool:
    try:
        return isinstance(ip_address(host), IPv6Address) and "%" not in host
    except ValueError:
        return False
