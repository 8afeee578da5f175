"""The environment as one frozen value; only entry points read it."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec


class Unset(SystemExit):
    """A setting that this process can't do without is missing or unreadable; the sentence says which."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`environment` is everything that was set, for the suppliers' own names (`KIWI_API_KEY`, `KIWI_BUDGET`, …).

    `rate_limit` is requests a minute for one caller without credentials. `default_market` is the country (ISO 3166-1
    alpha-2) of guests and drivers who do not tell theirs. `answers_megabytes` is what answers may take of each web process.
    `app_url` is where the links in letters to people lead, `public_url` where the API is reached from outside. Of `token_keys` and `encryption_keys` the first signs and seals, and every one of them is believed and opens. With
    `private_webhooks` webhooks go to closed networks and by plain HTTP as well.
    """

    port: int
    sandbox_port: int
    mailbox_port: int
    mailbox_smtp_port: int
    data: Path
    database_url: str
    redis_url: str
    broker_url: str
    admin_token: str
    private_webhooks: bool
    app_url: str
    public_url: str
    token_keys: tuple[str, ...]
    encryption_keys: tuple[str, ...]
    rate_limit: int
    default_market: str
    answers_megabytes: int
    environment: Mapping[str, str]


_A_KEY: Final = re.compile("[A-Za-z0-9_-]{43}=")
_PORTS: Final = {
    "PORT": "8000",
    "SANDBOX_PORT": "8900",
    "MAILBOX_PORT": "8926",
    "MAILBOX_SMTP_PORT": "8925",  # where letters are read, and where they are handed in
}


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read once, at the start of a process. Raises Unset, which ends the process with its sentence.

    `travelhub up` sets whatever is missing before it starts the processes of the Procfile.
    """
    ports = {name: _whole_number(environment, name, default) for name, default in _PORTS.items()}
    redis_url = environment.get("REDIS_URL", "")
    return Settings(
        port=ports["PORT"],
        sandbox_port=ports["SANDBOX_PORT"],
        mailbox_port=ports["MAILBOX_PORT"],
        mailbox_smtp_port=ports["MAILBOX_SMTP_PORT"],
        data=Path(environment.get("TRAVELHUB_DATA") or ".travelhub").absolute(),
        database_url=environment.get("DATABASE_URL", ""),
        redis_url=redis_url,
        broker_url=environment.get("BROKER_URL") or redis_url,
        admin_token=environment.get("ADMIN_TOKEN", ""),
        private_webhooks=environment.get("WEBHOOKS_ALLOW_PRIVATE", "") == "1",
        app_url=environment.get("APP_URL") or f"http://127.0.0.1:{ports['PORT']}",
        public_url=environment.get("PUBLIC_URL") or f"http://127.0.0.1:{ports['PORT']}",
        token_keys=_keys(environment, "TOKEN_KEYS"),
        encryption_keys=_keys(environment, "ENCRYPTION_KEYS"),
        rate_limit=_whole_number(environment, "RATE_LIMIT", "6000"),
        default_market=_country(environment, "DEFAULT_MARKET", "DE"),
        answers_megabytes=_whole_number(environment, "ANSWERS_MEGABYTES", "512"),
        environment=MappingProxyType(dict(environment)),
    )


def connected(settings: Settings) -> Settings:
    """The same settings, sure to name a database and a Redis. Raises Unset."""
    for name, value in (("DATABASE_URL", settings.database_url), ("REDIS_URL", settings.redis_url)):
        if not value:
            raise Unset(f"{name} is not set: `make run` starts an embedded server, elsewhere point it at a real one")
    return settings


def _keys(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """32 bytes each in URL-safe base64, separated by commas, the newest first."""
    keys = tuple(key.strip() for key in environment.get(name, "").split(",") if key.strip())
    for key in keys:
        if not _A_KEY.fullmatch(key):
            raise Unset(f"{name} must be keys of 32 bytes in URL-safe base64: `travelhub keys new` makes one")
    return keys


def _whole_number(environment: Mapping[str, str], name: str, default: str) -> int:
    value = environment.get(name) or default
    if not value.isdecimal():
        raise Unset(f"{name} must be a whole number, not {value!r}")
    return int(value)


def _country(environment: Mapping[str, str], name: str, default: str) -> str:
    value = environment.get(name) or default
    if not (len(value) == 2 and value.isascii() and value.isalpha() and value.isupper()):
        raise Unset(f"{name} must be a country of two capital letters, not {value!r}")
    return value
