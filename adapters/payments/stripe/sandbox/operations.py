"""The calls of the pretend Stripe: method, path and what the sandbox around it calls them."""

from typing import Final

_ONE: Final = r"([\w-]+)"
OPERATIONS: Final = (
    ("POST", r"/v1/payment_intents", "authorise"),
    ("GET", r"/v1/payment_intents", "list"),
    ("GET", r"/v1/payment_intents/search", "search"),
    ("GET", rf"/v1/payment_intents/{_ONE}", "look"),
    ("POST", rf"/v1/payment_intents/{_ONE}/capture", "capture"),
    ("POST", rf"/v1/payment_intents/{_ONE}/cancel", "void"),
    ("POST", r"/v1/checkout/sessions", "link"),
    ("GET", r"/v1/checkout/sessions", "list_links"),
    ("GET", rf"/v1/checkout/sessions/{_ONE}", "look_link"),
    ("POST", rf"/v1/checkout/sessions/{_ONE}/expire", "close_link"),
    ("POST", r"/v1/refunds", "refund"),
    ("GET", r"/v1/refunds", "list_refunds"),
    ("GET", rf"/v1/refunds/{_ONE}", "look_refund"),
    ("POST", r"/v1/customers", "customer"),
    ("POST", r"/v1/payment_methods", "method"),
    ("POST", rf"/v1/payment_methods/{_ONE}/attach", "attach"),
    ("GET", r"/v1/events", "list_events"),
    ("GET", r"/v1/disputes", "list_disputes"),
    ("GET", r"/(pay|authenticate)/\w+", "page"),
    ("POST", r"/(pay|authenticate)/\w+", "paying"),
)
