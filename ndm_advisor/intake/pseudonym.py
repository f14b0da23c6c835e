"""Names for cases that hold nothing of the patient: a running number, or a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Final

SHORTEST_KEY: Final = 16  # bytes: a shorter key can be tried out
_DIGITS: Final = 20  # of the hash, in hexadecimal: two isolates in 10**12 files do not meet


def keyed_id(identity: Sequence[str], key: bytes) -> str:
    """The same identity gives the same id under one key, and tells nothing without it.

    HMAC-SHA256 over the parts as JSON, so that ("a", "bc") and ("ab", "c") differ.
    """
    parts = json.dumps([part.strip() for part in identity], ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    return hmac.new(key, parts, hashlib.sha256).hexdigest()[:_DIGITS]
