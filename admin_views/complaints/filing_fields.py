"""Fields of the filing step: number, pages, and why a part of the file does not exist."""

from __future__ import annotations

import sqlalchemy as sa
from wtforms import Field, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from admin_views.complaints.step_fields import Scene, must
from models import Complaint, ProcedureVersion
from models.labels import _l
from services.procedures.of_complaint import parsed
from services.procedures.schema import Procedure
from services.workflow.file_parts import MAY_BE_EXPLAINED, PART_NAMES, missing_parts, part_in_words
from services.workflow.filing import suggested_file_number


def file_number(scene: Scene) -> Field:
    suggested = suggested_file_number(scene.session, scene.situation) if scene.situation else ""
    return StringField(
        _l("File number"),
        [Length(max=80)],
        default=suggested,
        description=_l("Left empty, the next number of the procedure's pattern is taken."),
    )


def pages(scene: Scene) -> Field:
    return IntegerField(_l("Pages"), [*must(), NumberRange(min=1, max=100000)], render_kw={"min": 1})


def absent_reason(scene: Scene) -> Field | None:
    """Asked only where a part that may be missing is missing; of a selection, where it may be of one of them."""
    if scene.situation is None:
        return _absent_of_some(scene)
    missing = [one for one in missing_parts(scene.situation) if one.part in MAY_BE_EXPLAINED]
    if not missing:
        return None
    lacks = " ".join(str(part_in_words(one)) for one in missing)
    return TextAreaField(
        _l("Why it does not exist"), [Optional()], description=lacks, render_kw={"rows": 2, "wide": True}
    )


def _absent_of_some(scene: Scene) -> Field | None:
    """One reason for those of a selection that lack a part; the others need none and keep none."""
    parts = [
        content.part
        for procedure in _procedures_of(scene)
        for content in procedure.archive.contents
        if content.part in MAY_BE_EXPLAINED
    ]
    if not parts:
        return None
    names = "、".join(str(PART_NAMES[part]) for part in dict.fromkeys(parts))
    return TextAreaField(
        _l("Why it does not exist"),
        [Optional()],
        description=_l(
            "Only for those whose file lacks %(parts)s: it goes into their catalogue. Left empty, these are left out.",
            parts=names,
        ),
        render_kw={"rows": 2, "wide": True},
    )


def _procedures_of(scene: Scene) -> list[Procedure]:
    versions: set[int] = set()
    for start in range(0, len(scene.chosen), 500):
        pinned = sa.select(Complaint.procedure_version_id).where(
            Complaint.id.in_(scene.chosen[start : start + 500])
        )
        versions |= set(scene.session.scalars(pinned.distinct()))
    return [parsed(scene.session.get_one(ProcedureVersion, one)) for one in sorted(versions)]
