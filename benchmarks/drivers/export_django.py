"""What the export button of django-import-export does: the resource over the queryset, then its xlsx format."""

from __future__ import annotations

import os
from typing import Any

import django

from benchmarks.drivers.measuring import measured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.django_site.settings")
django.setup()

from import_export.formats.base_formats import XLSX  # noqa: E402

from benchmarks.peers.django_site.admin import ComplaintResource  # noqa: E402
from benchmarks.peers.django_site.models import Complaint  # noqa: E402


def work() -> dict[str, Any]:
    rows = Complaint.objects.select_related("department", "handler").order_by("-received_at")
    data = ComplaintResource().export(rows)
    return {"rows": len(data), "bytes": len(XLSX().export_data(data))}


measured(work)
