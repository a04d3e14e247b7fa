"""The dialogs of a hold."""

from __future__ import annotations

from flask_admin.form import BaseForm
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from admin_views.fields import REQUIRED, MomentField, RelationField
from models import Department
from models.labels import _l

_LONG = {"rows": 3, "wide": True}


class ExecutionForm(BaseForm):
    how = TextAreaField(
        _l("How it was carried out"),
        [InputRequired(REQUIRED)],
        description=_l("What was stopped, how much stands apart, where and how it is marked."),
        render_kw=_LONG,
    )


class NeighboursForm(BaseForm):
    result = TextAreaField(
        _l("Batches checked, and what was found"), [InputRequired(REQUIRED)], render_kw=_LONG
    )


class ReleaseForm(BaseForm):
    basis = TextAreaField(
        _l("Basis for the release"),
        [InputRequired(REQUIRED)],
        description=_l("Finding, test report, disposal of the goods."),
        render_kw=_LONG,
    )


class TellForm(BaseForm):
    """A purchaser was told."""

    at = MomentField(_l("Told at"), [InputRequired(REQUIRED)])
    how = StringField(_l("How told"), [InputRequired(REQUIRED), Length(max=200)])


class AssignForm(BaseForm):
    """A department for a task that none has."""

    department_id = RelationField(_l("Department"), [InputRequired(REQUIRED)], target=Department)


class AcknowledgeForm(BaseForm):
    receipt = StringField(
        _l("Receipt"), [Optional(), Length(max=300)], description=_l("For example what was set aside.")
    )


class ReceiptForm(BaseForm):
    """A purchaser's receipt."""

    receipt = StringField(
        _l("Receipt"),
        [InputRequired(REQUIRED), Length(max=300)],
        description=_l("Number or kind of the paper."),
    )
