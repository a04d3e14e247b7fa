"""Issued documents: what they may hold, that they stay, the organisation's own templates, and what opens them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.orm import Session

from models import AuditEntry, ComplaintEvent, DocumentTemplate, Organisation
from models.enums import Channel, DeliveryKind, EventKind, PartyKind, PartySide, RoleName
from services.access.scope import unscoped
from services.attachments.checking import check_files, named_hashes
from services.documents.forms import forms_of, standard_forms
from services.documents.layout import Own, lay_out
from services.documents.pdf import render_pdf
from services.documents.reading import Subject
from services.documents.sample import sample_context
from services.documents.values import RecordValues
from services.documents.word import check_unpacked, default_template, render_word
from services.errors import Invalid, NotFound, NotPermitted, Refused
from services.operations.register import NewParty
from services.operations.set_document_template import set_document_template
from services.procedures.checking import parse
from services.procedures.of_complaint import procedure_of
from services.procedures.reading import InvalidProcedure
from services.procedures.registry import PACKS_FOLDER, load_packs
from services.unit_of_work import UnitOfWork
from tests.factories import NOW, actor_of, fire
from tests.integration.documents.desk import DocumentDesk, desk_for, pdf_text, word_text

R, E = RoleName, EventKind
SECRET = "内部研判：可能涉及供应商串通"
WORDS = {"reason": "操作失误", "way": "更换"}
Put = Callable[..., DocumentTemplate | None]


@pytest.fixture
def desk(session: Session, app: Flask) -> DocumentDesk:
    return desk_for(session, app, "customer-service")


@pytest.fixture
def put(desk: DocumentDesk) -> Put:
    """Put a Word file in force as the template of a form."""

    def call(form: str, *paragraphs: str, role: RoleName = R.HEAD_OF_QUALITY) -> DocumentTemplate | None:
        word = Document()
        for text in paragraphs:
            word.add_paragraph(text)
        content = BytesIO()
        word.save(content)
        content.seek(0)
        staged = desk.store.stage(content, "本单位模板.docx")
        actor = actor_of(desk.session, desk.house[role])
        with UnitOfWork(desk.session, actor, NOW) as work:
            return set_document_template(work, desk.store, form, "zh", staged)

    return call


@pytest.mark.clause("R03-13")
def test_internal_matter_stands_on_nothing_that_leaves(desk: DocumentDesk, put: Put) -> None:
    session = desk.session
    complaint = desk.complaint("dispatched")
    desk.take(complaint, E.SIGN_FOR, R.HANDLER)
    fire(session, desk.house[R.HANDLER], E.NOTE, complaint, text=SECRET)
    letter, slip = desk.issue("acknowledgement", complaint), desk.issue("transfer_slip", complaint)
    assert SECRET not in desk.pdf(letter) + desk.word(letter)

    # A template can't fetch it either: to a letter for outside the value does not exist.
    with pytest.raises(Invalid) as unknown:
        put("acknowledgement", "{{ transfer.instruction }}")
    assert "transfer.instruction"[9:] in str(unknown.value.fields["file"])
    for form in forms_of(load_packs()["customer-service"], "complaint").values():
        values = RecordValues(_subject(desk, complaint), form, "zh")
        instruction = values.value("transfer.instruction")
        assert bool(instruction) is not form.audience.leaves, form.code

    # Nor does an internal sheet leave the house.
    with pytest.raises(Refused) as refused:
        desk.deliver(slip, DeliveryKind.COMPLAINANT, channel=Channel.LETTER)
    assert {reason.code for reason in refused.value.reasons} == {"internal"}
    desk.deliver(letter, DeliveryKind.COMPLAINANT, channel=Channel.LETTER)


def _subject(desk: DocumentDesk, complaint: object) -> Subject:
    from tests.factories import reread

    session = desk.session
    found = reread(session, complaint.public_id)  # type: ignore[attr-defined]
    actor = actor_of(session, desk.house[R.HANDLER])
    session.info["actor"] = actor
    return Subject(session, actor, procedure_of(session, found), NOW, complaint=found)


@pytest.mark.clause("R03-13")
def test_a_form_that_leaves_may_not_name_internal_fields() -> None:
    text = (PACKS_FOLDER / "construction-company.yaml").read_text(encoding="utf-8")
    leaving = text.replace("audience: file", "audience: complainant", 1).replace(
        "field: complaint.grounds", "field: transfer.instruction", 1
    )
    assert leaving != text
    with pytest.raises(InvalidProcedure) as refused:
        parse(leaving)
    assert any("transfer.instruction is internal" in fault.message for fault in refused.value.faults)


def test_an_unknown_value_is_refused_with_what_is_meant() -> None:
    text = (PACKS_FOLDER / "construction-company.yaml").read_text(encoding="utf-8")
    with pytest.raises(InvalidProcedure) as refused:
        parse(text.replace("field: complaint.grounds", "field: complaint.grond", 1))
    assert any("did you mean" in fault.message for fault in refused.value.faults)


def test_issued_once_and_kept(desk: DocumentDesk) -> None:
    complaint = desk.complaint("in_work")
    first, second = desk.issue("acknowledgement", complaint), desk.issue("acknowledgement", complaint)
    assert (first.number, second.number) == (f"{complaint.number}-01", f"{complaint.number}-02")
    session = desk.session
    named = named_hashes(session)
    assert {first.pdf_sha256, first.word_sha256, second.pdf_sha256, second.word_sha256} <= set(named)
    assert [fault for fault in check_files(desk.store, named) if fault.what != "orphan"] == []
    with unscoped(session, "a test looks at the result"):
        events = session.scalars(sa.select(ComplaintEvent.event)).all()
        actions = session.scalars(sa.select(AuditEntry.action)).all()
    assert events.count(EventKind.DOCUMENT_ISSUED) == 2 and actions.count("document.issue") == 2


def test_who_may_issue_and_what_must_be_there(desk: DocumentDesk) -> None:
    complaint = desk.complaint("in_work")
    with pytest.raises(NotPermitted):
        desk.issue("acknowledgement", complaint, by=R.AUDITOR)
    with pytest.raises(NotFound):
        desk.issue("no_such_form", complaint)
    with pytest.raises(Refused) as refused:
        desk.issue("result_notice", complaint, **WORDS)
    assert {reason.code for reason in refused.value.reasons} == {"needs"}
    with pytest.raises(NotFound):
        desk.issue("acknowledgement", complaint, by=R.ADMINISTRATOR)


def test_personal_data_only_where_they_are_needed(desk: DocumentDesk) -> None:
    complaint = desk.complaint("in_work")
    desk.says(desk.issue("transfer_slip", complaint), "张某", "13800000000")
    theirs = desk.issue("transfer_slip", complaint, by=R.ARCHIVIST)
    assert "13800000000" not in desk.pdf(theirs) + desk.word(theirs)
    desk.says(theirs, "138****0000")


def test_a_template_of_ones_own(desk: DocumentDesk, put: Put) -> None:
    complaint = desk.complaint("in_work")
    with pytest.raises(NotPermitted):
        put("acknowledgement", "{{ complaint.number }}", role=R.HANDLER)
    with pytest.raises(Invalid) as wrong:
        put("acknowledgement", "{{ complaint.numbr }}")
    assert "numbr" in str(wrong.value.fields["file"]) and "number" in str(wrong.value.fields["file"])
    with pytest.raises(Invalid):
        put("acknowledgement", "{% for each in limits %}")
    with pytest.raises(Invalid):
        put("acknowledgement", "{{ complaint.__class__.__mro__ }}")
    made = put("acknowledgement", "本院收到 {{ complaint.number }}：{{ complaint.summary }}")
    assert made is not None
    own = desk.issue("acknowledgement", complaint)
    assert f"本院收到{complaint.number}：候诊时间过长" in desk.word(own)
    assert own.template == f"own:{made.sha256[:16]}"
    with UnitOfWork(desk.session, actor_of(desk.session, desk.house[R.HEAD_OF_QUALITY]), NOW) as work:
        set_document_template(work, desk.store, "acknowledgement", "zh", None)
    assert "本院收到" not in desk.word(desk.issue("acknowledgement", complaint))


def test_a_template_that_is_no_word_file_is_refused() -> None:
    with pytest.raises(Invalid):
        check_unpacked(b"PK\x03\x04 no zip")


EVERY_FORM = [
    pytest.param(form, {field.code: field for field in pack.fields}, id=f"{pack.regulation}-{code}")
    for pack in load_packs().values()
    for code, form in forms_of(pack).items()
    if form.code not in {each.code for each in standard_forms()} or pack.regulation == "R01"
]


class Names:
    """Every value is a text with rare and with dangerous signs."""

    TEXT = "𬭎䶮 <b>&“引号”#[*_$"

    def value(self, reference: str) -> str:
        return self.TEXT

    def has(self, reference: str) -> bool:
        return True

    def rows(self, table: object) -> list[tuple[list[str], str]]:
        return [([self.TEXT] * len(table.columns), "")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("form", "own"), EVERY_FORM)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_is_drawn_in_both_languages(form: object, own: Own, language: str) -> None:
    title = form.names.in_language(language)  # type: ignore[attr-defined]
    pieces = lay_out(form, language, Names(), own)  # type: ignore[arg-type]
    text = pdf_text(render_pdf(pieces, title=title, language=language, footer="X-01"))
    assert "".join(title.split()) in text and "".join(Names.TEXT.split()) in text
    filled = render_word(default_template(form, language, own), sample_context(form, own))  # type: ignore[arg-type]
    assert "".join(title.split()) in word_text(filled)
    assert "{{" not in word_text(filled) and "{%" not in word_text(filled)


class LongTexts(Names):
    """Every value is a text of so many lines, every list has so many rows."""

    def __init__(self, lines: int, count: int) -> None:
        self.lines, self.count = lines, count

    def value(self, reference: str) -> str:
        return "\n".join(["一行"] * self.lines)

    def rows(self, table: object) -> list[tuple[list[str], str]]:
        return [(["一行"] * len(table.columns), "")] * self.count  # type: ignore[attr-defined]


def pages_of(code: str, source: LongTexts) -> list[str]:
    form = next(form for form in standard_forms() if form.code == code)
    made = render_pdf(
        lay_out(form, "zh", source, {}), title="", language="zh", footer="", landscape=form.landscape
    )
    return ["".join(page.extract_text().split()) for page in PdfReader(BytesIO(made)).pages]


def test_the_row_to_sign_is_never_alone_on_a_page() -> None:
    several = 0
    for count in range(1, 9):
        pages = pages_of("investigation_report", LongTexts(count, count))
        several += len(pages) > 1
        assert "调查组长" in pages[-1] and "一行" in pages[-1].split("调查组长")[0], count
    assert several > 2


def test_the_head_of_a_list_comes_again_on_each_page() -> None:
    pages = pages_of("complaint_register", LongTexts(1, 60))
    assert len(pages) > 2 and all("投诉人渠道事由" in page for page in pages)
    form = next(form for form in standard_forms() if form.code == "complaint_register")
    word = Document(BytesIO(default_template(form, "zh", {})))
    assert [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in word.tables[0].rows][:2] == [True, False]


def test_the_line_to_sign_stands_at_the_foot_of_its_box() -> None:
    form = next(form for form in standard_forms() if form.code == "internal_memo")
    rows = Document(BytesIO(default_template(form, "zh", {}))).tables[0].rows
    signed = [row for row in rows if row.cells[-1].text.startswith("主管签字")]
    assert len(signed) == 1, "in a row of its own"
    assert signed[0].cells[0].text == "主管批示" and signed[0]._tr.xpath(".//w:tcBorders/w:top[@w:val='nil']")


def test_word_files_are_chinese_and_say_nothing_of_how_they_were_made() -> None:
    form = next(form for form in standard_forms() if form.code == "internal_memo")
    word = Document(BytesIO(default_template(form, "zh", {})))
    assert word.core_properties.title == "内联单"
    assert not word.core_properties.author and not word.core_properties.comments
    languages = word.styles.element.xpath("//w:lang/@w:eastAsia")
    assert languages and set(languages) == {"zh-CN"}


def test_a_letter_without_a_name_or_a_telephone(desk: DocumentDesk) -> None:
    complaint = desk.complaint("registered", parties=(NewParty(PartySide.COMPLAINANT, PartyKind.ANONYMOUS),))
    with unscoped(desk.session, "a test sets up the organisation"):
        desk.session.scalars(sa.select(Organisation)).one().phone = None
        desk.session.commit()
    letter = desk.issue("acknowledgement", complaint)
    for text in (desk.pdf(letter), desk.word(letter)):
        assert "投诉人：您于" in text and "电话：" not in text
    with unscoped(desk.session, "a test sets up the organisation"):
        desk.session.scalars(sa.select(Organisation)).one().phone = "0571-12345678"
        desk.session.commit()
    desk.says(desk.issue("acknowledgement", complaint), "联系电话：0571-12345678")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not on this machine")
def test_libreoffice_opens_the_word_files(tmp_path: Path) -> None:
    form = forms_of(load_packs()["product-company"])["internal_memo"]
    file = tmp_path / "memo.docx"
    file.write_bytes(render_word(default_template(form, "zh", {}), sample_context(form, {})))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "pdf",
    ]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(file)], check=True, timeout=120, capture_output=True
    )
    assert "complaint.number" in pdf_text((tmp_path / "memo.pdf").read_bytes())
