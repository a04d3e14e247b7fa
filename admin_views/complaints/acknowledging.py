"""Fields of the acknowledgement: the ready text from the procedure, the date from the clocks, the signature."""

from __future__ import annotations

import json

from wtforms import BooleanField, DateField, Field, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from admin_views.complaints.step_fields import Scene, must
from models.labels import _l
from services.workflow.acknowledging import LANGUAGES, Draft


def _draft(scene: Scene) -> Draft | None:
    situation = scene.situation
    if situation is None:
        return None
    return Draft(scene.session, situation.complaint, situation.procedure, situation.now)


def language(scene: Scene) -> Field:
    """Another language puts its ready text into the field, as long as nobody has changed what stands there."""
    draft = _draft(scene)
    texts = {code: draft.text(code) for code in LANGUAGES} if draft else {}
    return SelectField(
        _l("Language of the complainant"),
        [Optional()],
        choices=list(LANGUAGES.items()),
        default=next(iter(LANGUAGES)),
        render_kw={"data-texts-for": "text", "data-texts": json.dumps(texts, ensure_ascii=False)},
    )


def text(scene: Scene) -> Field:
    draft = _draft(scene)
    return TextAreaField(
        _l("What the complainant was told"),
        must(),
        default=draft.text(next(iter(LANGUAGES))) if draft else None,
        description=_l("Written from the procedure. Change it as you told it."),
        render_kw={"rows": 8, "wide": True, "maxlength": 20000},
    )


def estimated_completion(scene: Scene) -> Field:
    draft = _draft(scene)
    asked = draft is not None and draft.asks_estimate()
    found = draft.estimated_completion if draft else None
    note = _l("The last day of the time limit that ends with the answer.")
    return DateField(
        _l("Estimated completion"),
        [InputRequired(message=_l("The procedure wants the estimated completion told."))]
        if asked
        else [Optional()],
        default=found,
        description=note
        if found
        else _l("No time limit gives it: agree on a date. Name it in the text too."),
    )


def signature(scene: Scene) -> Field | None:
    """Asked for only where the procedure wants it."""
    rule = scene.situation.procedure.acknowledgement if scene.situation else None
    if rule is None or rule.signature is None:
        return None
    return BooleanField(
        _l("I have received this complaint and sign for it"),
        [InputRequired(message=_l("Sign for the complaint: the procedure wants its receiver's signature."))],
        description=_l(
            "Your name and the moment are kept (%(clause)s).", clause=", ".join(rule.signature.clause)
        ),
    )
