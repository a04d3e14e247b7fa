"""The admin with import-export, and the same without the full count."""

from __future__ import annotations

from django.contrib import admin
from import_export import resources
from import_export.admin import ImportExportModelAdmin

from benchmarks.peers.columns import EXPORTED, LISTED, PAGE, SEARCHED, named
from benchmarks.peers.django_site.models import Complaint, Uncounted


class ComplaintResource(resources.ModelResource):
    """25 columns, departments and people by name."""

    department = resources.Field("department__name", "department")
    handler = resources.Field("handler__name", "handler")

    class Meta:
        model = Complaint
        fields = tuple(named(key) for key in EXPORTED)
        export_order = fields


@admin.register(Complaint)
class ComplaintAdmin(ImportExportModelAdmin):
    resource_classes = [ComplaintResource]
    list_display = [named(key) for key in LISTED]
    list_select_related = ["department", "handler"]
    list_filter = ["state"]
    list_per_page = PAGE
    search_fields = list(SEARCHED)
    ordering = ["-received_at"]


@admin.register(Uncounted)
class UncountedAdmin(ComplaintAdmin):
    show_full_result_count = False
