"""Passwords: how they are kept, and which ones are not good enough."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.labels import LazyString, _l

SHORTEST = 10
LONGEST = 200
DEMONSTRATION_PASSWORD = "zhisu-demo-2026"  # noqa: S105
"""Of every demonstration account. Nobody can choose it, and a desk outside demonstration does not start with it."""

_hasher = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_COMMON_FILE = Path(__file__).with_name("common_passwords.txt")
_ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)


def hash_password(password: str) -> str:
    """Argon2id with a salt of its own."""
    return _hasher.hash(password)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("nobody has this password")


def verify(kept: str | None, password: str) -> bool:
    """Whether the password fits. Without a kept hash it is False and takes the same time."""
    try:
        return _hasher.verify(kept or _nobodys_hash(), password[:LONGEST]) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(kept: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def fault_of(password: str, login: str) -> LazyString | None:
    """Why this can't be the password of this login; None when it can."""
    lowered = password.casefold()
    if len(password) < SHORTEST:
        return _l("The password needs at least %(count)s characters.", count=SHORTEST)
    if len(password) > LONGEST:
        return _l("The password may have at most %(count)s characters.", count=LONGEST)
    if login and login.casefold() in lowered and len(password) - len(login) < 6:
        return _l("The password may not be made from the login.")
    if _is_common(lowered):
        return _l("This password is well known or too simple. Choose another one.")
    return None


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON_FILE.read_text(encoding="utf-8").split())


def _is_common(lowered: str) -> bool:
    if lowered == DEMONSTRATION_PASSWORD or len(set(lowered)) < 5:
        return True
    letters = re.sub(r"[^a-z]", "", lowered)
    stripped = lowered.strip("0123456789!@#$%^&*.-_ ")
    return (
        lowered in _common()
        or stripped in _common()
        or any(
            _runs_along(part, row)
            for row in _ROWS
            for part in (lowered, letters)
            if len(part) >= SHORTEST - 4
        )
        or _repeats(lowered)
    )


def _runs_along(text: str, row: str) -> bool:
    """All of it is a stretch of a keyboard row, of the alphabet or of counting, forwards or backwards."""
    endless = row * 4
    return text in endless or text[::-1] in endless


def _repeats(text: str) -> bool:
    """The same few characters over and over."""
    return any(len(text) > size * 2 and (text[:size] * len(text)).startswith(text) for size in range(1, 6))
