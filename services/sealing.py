"""Encryption of values that only named people may read, with the key of the settings (DESK_FIELD_KEY)."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

_fernet: Fernet | None = None
_index_key: bytes = b""


class NoKey(RuntimeError):
    """No sealing key has been set at the start of the desk."""


def use_key(key: str) -> None:
    """Set the key once, when the application is created."""
    global _fernet, _index_key
    _fernet = Fernet(key.encode())
    _index_key = hmac.digest(key.encode(), b"blind index", "sha256")


def seal(values: Any) -> str:
    """Encrypted JSON of `values`."""
    if _fernet is None:
        raise NoKey("call use_key first")
    return _fernet.encrypt(json.dumps(values, ensure_ascii=False, default=str).encode()).decode()


def unseal(text: str) -> Any:
    """What `seal` was given. ValueError when the key does not fit."""
    if _fernet is None:
        raise NoKey("call use_key first")
    try:
        return json.loads(_fernet.decrypt(text.encode()))
    except InvalidToken:
        raise ValueError("sealed with another key") from None


def blind_index(value: str) -> str:
    """A keyed digest that finds a sealed value by exact match; without the key it can't be tried out."""
    if not _index_key:
        raise NoKey("call use_key first")
    return hmac.new(_index_key, value.encode(), hashlib.sha256).hexdigest()
