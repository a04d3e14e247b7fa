"""The acknowledgement in the browser's eyes: a ready text, a date from the clock, the signature, and what is kept."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.clause("R11-05")
