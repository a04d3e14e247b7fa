"""Issuing a letter or form of a complaint or an accident: both files are kept by their hash and stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from models import IssuedDocument
from models.enums import AccidentStatus, EventKind, State
from models.labels import _l
from services import audit
from services.attachments.store import FileStore, Staged
from services.documents.forms import form_of
from services.documents.making import make
from services.documents.subjects import Case, case_at, grant_to_issue, next_number, subject_of_case
from services.documents.typed import checked, require_complete
from services.errors import Reason, Refused
from services.records import save
from services.unit_of_work import UnitOfWork
from services.workflow.steps import write_event


def issue_document(
    work: UnitOfWork,
    store: FileStore,
    form_code: str,
    *,
    complaint: str | None = None,
    accident: str | None = None,
    typed: Mapping[str, str | None] | None = None,
    language: str = "zh",
) -> IssuedDocument:
    """The issued document.

    NotFound for a record out of scope or a form its procedure has not, NotPermitted, Invalid at what the form asks for,
    Refused while the record lacks what the form needs or is filed.
    """
    case = case_at(work.session, complaint=complaint, accident=accident, lock=True)
    grant = grant_to_issue(work, case)
    _check_open(case)
    number = next_number(work.session, case)
    subject = subject_of_case(work, case, number)
    form = form_of(subject.procedure, form_code, case.about)
    require_complete(form, subject)
    said = checked(form, typed or {}, language)
    made = make(store, subject, form, language, said)
    name = form.names.in_language(language)
    pdf = _keep(work, store, made.pdf, f"{number} {name}.pdf")
    word = _keep(work, store, made.word, f"{number} {name}.docx")
    document = IssuedDocument(
        complaint_id=case.complaint.id if case.accident is None and case.complaint else None,
        accident_id=case.accident.id if case.accident else None,
        number=number,
        form=form.code,
        name_zh=form.names.zh,
        name_en=form.names.en,
        audience=form.audience.value,
        round=case.round,
        language=language,
        template=made.template,
        typed=said,
        content_hash=made.content_hash,
        pdf_sha256=pdf.sha256,
        pdf_size=pdf.size,
        word_sha256=word.sha256,
        word_size=word.size,
        issued_by_id=work.actor.user_id,
        issued_for_id=grant.on_behalf_of_id if grant else None,
        issued_at=work.now,
    )
    work.session.add(document)
    save(work, document)
    if case.complaint is not None:
        write_event(
            work,
            case.complaint,
            EventKind.DOCUMENT_ISSUED,
            text=f"{form.names.zh} {number}",
            grant=grant,
            document=document.public_id,
            sha256=pdf.sha256,
        )
    work.record(
        audit.Draft(
            "document.issue",
            "issued_document",
            document.id,
            number,
            case.complaint,
            after={
                "form": form.code,
                "template": made.template,
                "content": made.content_hash,
                "pdf": pdf.sha256,
                "word": word.sha256,
            },
            on_behalf_of_id=grant.on_behalf_of_id if grant else None,
        )
    )
    return document


def _check_open(case: Case) -> None:
    if case.accident is not None:
        if case.accident.status is AccidentStatus.CLOSED:
            raise Refused(
                [Reason("accident_closed", _l("The accident is closed; its files stay as they are."))]
            )
    elif case.complaint is not None and case.complaint.state in (State.ARCHIVED, State.MERGED):
        raise Refused([Reason("filed", _l("The complaint is filed; its files stay as they are."))])


def _keep(work: UnitOfWork, store: FileStore, content: bytes, name: str) -> Staged:
    staged = store.stage(BytesIO(content), name)
    store.keep_on_commit(work.session, staged)
    return staged
