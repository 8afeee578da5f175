"""Addresses of test servers for clients that bear with a machine that stands still for a while.

What is away is refused at once all the same: only silence is waited out, and no test is about silence of these two.
"""

from typing import Final

from sqlalchemy.engine import make_url

_SECONDS: Final = "60"


def patient_redis(url: str) -> str:
    """An address says more than a client does, as far as redis-py is concerned."""
    return f"{url}{'&' if '?' in url else '?'}socket_timeout={_SECONDS}&socket_connect_timeout={_SECONDS}"


def patient_postgres(url: str) -> str:
    patient = make_url(url).update_query_dict({"connect_timeout": _SECONDS})
    return patient.render_as_string(hide_password=False)
