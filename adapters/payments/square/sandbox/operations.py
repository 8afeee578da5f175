"""The calls of the pretend Square: method, path and what the sandbox around it calls them."""

from typing import Final

_ONE: Final = r"([\w-]+)"
OPERATIONS: Final = (
    ("POST", r"/v2/payments", "authorise"),
    ("GET", r"/v2/payments", "list"),
    ("GET", rf"/v2/payments/{_ONE}", "look"),
    ("PUT", rf"/v2/payments/{_ONE}", "lower"),
    ("POST", rf"/v2/payments/{_ONE}/complete", "capture"),
    ("POST", rf"/v2/payments/{_ONE}/cancel", "void"),
    ("POST", r"/v2/refunds", "refund"),
    ("GET", rf"/v2/refunds/{_ONE}", "look_refund"),
    ("GET", rf"/v2/locations/{_ONE}", "location"),
)
