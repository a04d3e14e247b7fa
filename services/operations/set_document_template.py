"""Putting the organisation's own Word template in place of the default one of a form, and going back to the default."""

from __future__ import annotations

from models import DocumentTemplate
from models.labels import _l
from services import audit
from services.access.permissions import Permission
from services.attachments.store import FileStore, Staged
from services.documents.forms import forms_of
from services.documents.making import own_template
from services.documents.sample import sample_context
from services.documents.word import check_unpacked, render_word
from services.errors import Invalid, NotFound, NotPermitted
from services.procedures.of_complaint import parsed
from services.procedures.published import current_version
from services.procedures.schema import Procedure
from services.procedures.sections.documents import DocumentForm
from services.records import save
from services.unit_of_work import UnitOfWork

LANGUAGES = ("zh", "en")


def set_document_template(
    work: UnitOfWork, store: FileStore, form_code: str, language: str, staged: Staged | None
) -> DocumentTemplate | None:
    """The template in force from now on; None when `staged` is None: the default one again.

    The file is filled once with every value the form knows: Invalid({"file": …}) says what it would fail on.
    """
    if staged is not None:
        store.keep_on_commit(work.session, staged)
    procedure, form = _form(work, form_code, language)
    if staged is not None:
        _check(procedure, form, staged)
    before = own_template(work.session, form_code, language)
    if before is not None:
        before.ended_at = work.now
        work.session.flush()
    after = None
    if staged is not None:
        after = DocumentTemplate(
            form=form_code,
            language=language,
            filename=staged.filename,
            sha256=staged.sha256,
            size=staged.size,
            uploaded_by_id=work.actor.user_id,
        )
        work.session.add(after)
        save(work, after)
    work.record(
        audit.Draft(
            "document.template",
            "document_template",
            after.id if after else before.id if before else None,
            f"{form_code} {language}",
            before={"sha256": before.sha256} if before else None,
            after={"sha256": after.sha256, "filename": after.filename} if after else {"sha256": None},
        )
    )
    return after


def _form(work: UnitOfWork, form_code: str, language: str) -> tuple[Procedure, DocumentForm]:
    if not work.actor.is_system and not work.actor.may(Permission.DOCUMENT_TEMPLATE_WRITE):
        raise NotPermitted
    version = current_version(work.session)
    if version is None or language not in LANGUAGES:
        raise NotFound
    try:
        return parsed(version), forms_of(parsed(version))[form_code]
    except KeyError:
        raise NotFound from None


def _check(procedure: Procedure, form: DocumentForm, staged: Staged) -> None:
    if not staged.filename.lower().endswith(".docx"):
        raise Invalid({"file": _l("This is no Word file; save it as .docx in Word or WPS.")})
    template = staged.draft.read_bytes()
    check_unpacked(template)
    render_word(template, sample_context(form, {field.code: field for field in procedure.fields}))
