"""Addresses: what is not the open internet is called by nobody who was asked to by a stranger."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.web_addresses import Unfit, closed, none_closed, place


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::1",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.5", "::ffff:999.0.0.1",
    ],
)  # fmt: skip
def test_what_is_private_local_or_special_is_closed(address: str) -> None:
    assert closed(address) is not None


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.1",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.17",
        "2606:4700::1111", "2a00:1450:4001::200e", "::ffff:8.8.8.8", "64:ff9b::808:808",
    ],
)  # fmt: skip
def test_what_is_routed_in_the_internet_is_open(address: str) -> None:
    assert closed(address) is None


@given(st.ip_addresses())
def test_nothing_is_open_that_the_standard_library_holds_to_be_private(address: object) -> None:
    found = ip_address(str(address))
    if found.is_private or found.is_loopback or found.is_link_local or found.is_multicast or found.is_reserved:
        inside = found.version == 6 and str(address).startswith(("::ffff:", "64:ff9b::"))
        assert inside or closed(str(address)) is not None


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_in_every_dress(address: object) -> None:
    plain = closed(str(address))
    assert closed(f"::ffff:{address}") == plain
    assert closed(str(ip_address(int(ip_address("64:ff9b::")) + int(ip_address(str(address)))))) == plain


def test_one_closed_address_among_open_ones_spoils_them_all() -> None:
    none_closed(["8.8.8.8", "2606:4700::1111"])
    with pytest.raises(Unfit, match=r"10\.0\.0\.1"):
        none_closed(["8.8.8.8", "10.0.0.1"])
    with pytest.raises(Unfit, match="no address"):
        none_closed([])


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "authority"),
    [
        ("https://example.com", "example.com", 443, "/", "example.com"),
        ("https://Example.COM/hooks?x=1", "example.com", 443, "/hooks?x=1", "example.com"),
        ("https://example.com:8443/a%20b", "example.com", 8443, "/a%20b", "example.com:8443"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"),
        ("https://[2606:4700::1111]/", "2606:4700::1111", 443, "/", "[2606:4700::1111]"),
        ("https://8.8.8.8/", "8.8.8.8", 443, "/", "8.8.8.8"),
    ],
)
def test_a_url_leads_to_a_place(url: str, host: str, port: int, target: str, authority: str) -> None:
    found = place(url)
    assert (found.scheme, found.host, found.port, found.target) == ("https", host, port, target)
    assert found.authority == authority


@pytest.mark.parametrize(
    "url",
    [
        "", "example.com", "//example.com/", "http://example.com/", "ftp://example.com/", "file:///etc/passwd",
        "https://", "https:///hooks", "https://user@example.com/", "https://user:password@example.com/",
        "https://example.com/#top", "https://example.com\\@evil.example/", "https://example.com:22/",
        "https://example.com:0/", "https://example.com:99999/", "https://example.com:port/", "https://exa mple.com/",
        "https://example.com/\r\nHost: evil", "https://bücher.example/", "https://[::1%25eth0]/", "https://[::1/",
        "https://" + "a" * 64 + ".example/", "https://-example.com/", "https://example..com/", "https://" + "a" * 2000 + ".example/",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_url_is_refused(url: str) -> None:
    with pytest.raises(Unfit):
        place(url)


def test_in_development_plain_http_at_any_port_will_do() -> None:
    assert place("http://127.0.0.1:99/x", private=True).port == 99
    assert place("http://localhost/x", private=True).authority == "localhost"
    with pytest.raises(Unfit):
        place("ftp://127.0.0.1/", private=True)
