"""The head of the case page: marks, due date, procedure."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from admin_views.complaints.case_base import CaseReader
from admin_views.page_parts import Badge, Due
from admin_views.values import due_words
from models.enums import OPEN_STATES, Responsibility
from services.procedures.of_complaint import procedure_of


class CaseHead(CaseReader):
    """What stands beside the number."""

    def _overlays(self) -> list[Badge]:
        complaint = self.complaint
        found = []
        if complaint.is_confidential:
            found.append(Badge(text=_("Confidential"), tone="dark", icon="lock"))
        if complaint.responsibility is Responsibility.UNDETERMINED and complaint.state in OPEN_STATES:
            found.append(Badge(text=Responsibility.UNDETERMINED.label, tone="warn", icon="scale"))
        if complaint.paused_at:
            found.append(Badge(text=_("Paused"), tone="warn", icon="pause"))
        if complaint.supervised_at:
            found.append(Badge(text=_("Supervised"), tone="bad", icon="supervise"))
        if complaint.escalation_level:
            text = _("Escalated, level %(level)s", level=complaint.escalation_level)
            found.append(Badge(text=text, tone="warn", icon="escalate"))
        if complaint.round > 1:
            found.append(Badge(text=_("Round %(round)s", round=complaint.round), tone="info", icon="refresh"))
        if complaint.grade:
            name = self._grade_name()
            found.append(Badge(text=name, tone="bad" if complaint.is_major else "plain", icon="star"))
        if complaint.is_repeat:
            found.append(Badge(text=_("Repeated"), tone="warn", icon="refresh"))
        if complaint.repeat_count:
            text = _("Reported again %(count)s times", count=complaint.repeat_count)
            found.append(Badge(text=text, tone="info", icon="refresh"))
        if complaint.is_imported:
            found.append(Badge(text=_("Imported"), tone="plain", icon="import"))
        return found

    def _grade_name(self) -> str:
        grading = procedure_of(self.session, self.complaint).grading
        for level in grading.levels if grading else ():
            if level.code == self.complaint.grade:
                return level.names.in_language(self.reader.locale)
        return self.complaint.grade or ""

    def _due(self) -> Due | None:
        complaint = self.complaint
        if complaint.paused_at:
            return Due(state="paused", text=_("Paused"))
        if complaint.due_at is None or complaint.state not in OPEN_STATES:
            return None
        return due_words(
            complaint.due_at, self.now, self.reader.zone, lower_bound=complaint.due_is_lower_bound
        )

    def _why_url(self) -> str:
        run = next((r for r in self.runs if r.due_at == self.complaint.due_at), None)
        return url_for("complaints.due", run_id=run.public_id) if run else ""

    def _procedure_name(self) -> str:
        version = self.complaint.procedure_version
        return version.name_zh if self.reader.locale.startswith("zh") else version.name_en
