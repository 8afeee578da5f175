"""When a traveller pays, and to whom."""

from enum import StrEnum


class PaymentTime(StrEnum):
    """`NOW` and `LATER` are paid to us or the supplier, `ON_SITE` at the desk or the counter."""

    NOW = "now"
    LATER = "later"
    ON_SITE = "on_site"
