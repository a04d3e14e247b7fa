"""The application that holds the models; they lie in models.py of this package."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "benchmarks.peers.django_site"
    label = "ledger"

    def ready(self) -> None:
        from benchmarks.peers.django_site import admin  # noqa: F401


class Router:
    """Complaints, departments and people are in the desk's database, everything else in Django's own."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "desk" if model._meta.app_label == "ledger" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "default" and app_label != "ledger"
