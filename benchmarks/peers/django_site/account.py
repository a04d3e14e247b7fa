"""The one account of the Django peer; it exists on this machine only while the benchmark runs."""

from __future__ import annotations

ACCOUNT = ("bench", "bench-only-2026")
