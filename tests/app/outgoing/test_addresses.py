"""Nothing that a tenant types in leads anywhere but to the public Internet."""

import socket

import httpcore
import pytest

from tallymark.outgoing import (
    OutgoingError,
    OutgoingFailed,
    OutgoingRefused,
    Policy,
    check_url,
    post,
    why_not,
)
from tallymark.outgoing.resolving import CheckedBackend

FORBIDDEN = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
    "2002:7f00:1::", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0",
    "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001:800::200e",
]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_an_address_that_leads_inside_is_refused(address, monkeypatch):
    assert why_not(address)
    assert is_refused_literally(address)
    answers(monkeypatch, address)
    with pytest.raises(OutgoingRefused, match="public"):
        post("https://innocent.example/hook", b"{}", {}, Policy())


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_allowed(address):
    assert why_not(address) == ""


def test_one_address_inside_spoils_the_name(monkeypatch):
    """Else the name server chooses which of them is taken."""
    answers(monkeypatch, "1.1.1.1", "127.0.0.1")
    with pytest.raises(OutgoingRefused):
        CheckedBackend(loopback=False).addresses("mixed.example", 443)


def test_the_name_is_looked_up_once_and_that_address_is_connected_to(monkeypatch):
    """A second answer could be another one (DNS rebinding)."""
    asked, connected = [], []

    def look_up(host, port, *rest, **named):
        asked.append(host)
        return [entry("1.1.1.1", port)] if len(asked) == 1 else [entry("127.0.0.1", port)]

    def connect(self, host, port, *rest):
        connected.append(host)
        raise httpcore.ConnectError("not in a test")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(OutgoingFailed):
        post("https://rebinding.example/hook", b"{}", {}, Policy())
    assert asked == ["rebinding.example"]
    assert connected == ["1.1.1.1"]


@pytest.mark.parametrize(
    "url",
    [
        "", "http://example.com/x", "ftp://example.com/", "file:///etc/passwd", "https:///x", "//example.com/x",
        "https://user@example.com/", "https://user:pw@example.com/", "https://exa mple.com/", "https://example.com\\@x/",
        "https://example.com/\r\nHost: x", "https://example.com:99999/", "https://[::1/", "https://é.example/",
        "https://example.com/" + "x" * 2000, "http://127.0.0.1/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_an_address_that_is_not_plain_https_is_refused(url):
    with pytest.raises(OutgoingRefused):
        check_url(url)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost", "localhost."]
)
def test_other_ways_to_write_this_machine_are_refused(host, monkeypatch):
    """Or found nowhere, as the machine's own way of reading them has it; never connected to."""
    connected = []
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", lambda self, host, *rest: connected.append(host))
    with pytest.raises(OutgoingError):
        post(f"https://{host}/hook", b"{}", {}, Policy())
    assert connected == []


def test_loopback_is_for_development_alone():
    with pytest.raises(OutgoingRefused):
        check_url("http://127.0.0.1:8000/hook")
    assert check_url("http://127.0.0.1:8000/hook", loopback=True).port == 8000
    with pytest.raises(OutgoingRefused):
        check_url("http://10.0.0.1/hook", loopback=True)
    with pytest.raises(OutgoingRefused):
        check_url("https://10.0.0.1/hook", loopback=True)


def is_refused_literally(address):
    host = f"[{address}]" if ":" in address else address
    try:
        check_url(f"https://{host}/hook")
    except OutgoingRefused:
        return True
    return False


def entry(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return (family, socket.SOCK_STREAM, 6, "", (address, port))


def answers(monkeypatch, *addresses):
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *rest, **named: [entry(each, port) for each in addresses]
    )
