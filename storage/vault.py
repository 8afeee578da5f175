"""What is written so that nobody reads it without a key: travellers, their documents, secrets of clients."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

Value = TypeVar("Value")


def new_key() -> str:
    """32 bytes of chance in URL-safe base64: for a vault, or for a ring of tokens."""
    return Fernet.generate_key().decode()


class Unreadable(Exception):
    """Sealed with a key that is not among ours, or not what was sealed."""


class Vault:
    """The first of the keys seals, every one of them opens: a new key goes in front, the old one leaves after `turned`.

    A key is 32 bytes in URL-safe base64. Raises ValueError for what is none, and for no key at all.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("a vault needs a key")
        self._fernet: Final = MultiFernet([Fernet(key) for key in keys])

    def seal(self, value: Any) -> bytes:
        return self._fernet.encrypt(msgspec.json.encode(value))

    def opened(self, sealed: bytes, kind: type[Value]) -> Value:
        """Raises Unreadable."""
        try:
            return msgspec.json.decode(self._fernet.decrypt(sealed), type=kind)
        except (InvalidToken, msgspec.ValidationError, msgspec.DecodeError) as error:
            raise Unreadable("what was sealed can't be opened with the keys of ENCRYPTION_KEYS") from error

    def turned(self, sealed: bytes) -> bytes:
        """The same, sealed with the first key. Raises Unreadable."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken as error:
            raise Unreadable("what was sealed can't be opened with the keys of ENCRYPTION_KEYS") from error
