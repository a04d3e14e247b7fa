"""What each step of an import shows (templates/desk/wizard_import.html)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from admin_views.form_context import ImportColumn, ImportFault, ImportLine, ImportOption, ImportWizard
from admin_views.guard import desk_zone
from admin_views.page_parts import Action, Badge, Choice
from admin_views.values import badge_of, moment_text, text_of
from extensions import db
from models import LedgerBatch
from models.enums import Channel, State
from models.job_enums import BatchStatus, JobStatus
from models.labels import LazyString, _l
from services.ledger.batches import Figures, is_going, mapping_of
from services.ledger.checking import Answered, LedgerRow, Options, Unanswered
from services.ledger.headings import Heading, suggested
from services.ledger.staging import faults_of, first_rows
from services.ledger.targets import Target, targets
from services.own_fields.values import named, read

SHOWN_FAULTS = 200
PREVIEW = 5
REFRESH_SECONDS = 3


def line(batch: LedgerBatch) -> ImportLine:
    """A line of the list of imports."""
    badge = badge_of(batch.status)
    assert badge is not None
    rows = batch.rows_written or Figures.of(batch).rows
    return ImportLine(
        name=batch.filename,
        state=Badge(text=_("Being checked"), tone="info")
        if is_going(batch) and batch.status is BatchStatus.UPLOADED
        else badge,
        at=moment_text(batch.imported_at or batch.created_at, desk_zone()),
        rows=ngettext("%(num)d row", "%(num)d rows", rows) if rows else "",
        url=url_for("ledger.import_page", batch=batch.public_id),
    )


def has_marks(batch: LedgerBatch) -> bool:
    """Whether the dry run found something to be seen in the file."""
    figures = Figures.of(batch)
    found = figures.faults if batch.status is BatchStatus.IMPORTED else figures.faults + figures.doubts
    return batch.status in (BatchStatus.CHECKED, BatchStatus.IMPORTED) and found > 0


def _marks_url(batch: LedgerBatch) -> str:
    return url_for("ledger.marked", address=batch.public_id) if has_marks(batch) else ""


def mapping(
    batch: LedgerBatch,
    heading: Heading,
    chosen: Mapping[int, str],
    options: Options,
    remembered: Mapping[int, str] | None,
    errors: list[str],
) -> ImportWizard:
    """The columns of the file and where they go."""
    guessed = suggested(heading)
    columns = [
        ImportColumn(
            index=index,
            name=name or _("column %(number)s", number=index + 1),
            samples=heading.samples[index],
            target=chosen.get(index, ""),
            guessed=remembered is None and index in guessed and chosen.get(index) == guessed[index],
        )
        for index, name in enumerate(heading.names)
    ]
    note = _("The columns go where they went when a ledger of this shape was last imported.")
    return ImportWizard(
        step="mapping",
        url=url_for("ledger.import_page"),
        file_name=batch.filename,
        columns=columns,
        targets=[(target.key, target.label, target.required) for target in targets(heading.further).values()],
        options=_offered(options),
        sheets=[
            Choice(value=name, label=name, selected=name == heading.sheet.name) for name in heading.sheets
        ]
        if len(heading.sheets) > 1
        else (),
        hidden=_hidden(batch),
        note=note if remembered is not None and dict(chosen) == dict(remembered) else "",
        errors=errors,
    )


def working(batch: LedgerBatch) -> ImportWizard:
    """A job is at it."""
    job = batch.job
    going = job is not None and is_going(batch)
    writing = job is not None and job.arguments["step"] == "write"
    if not going:
        text = _("The import was called off. What it had begun is being cleared away.")
    elif job is not None and job.status is JobStatus.QUEUED:
        text = _("Waiting for its turn. You may leave this page: a notice tells you when it is done.")
    elif writing:
        text = _("The rows are being written. Nobody sees one before all are there.")
    else:
        text = _("Every row is being checked. Nothing is written yet.")
    cancel = None
    if going and job is not None:
        url = url_for("jobs.cancel", address=job.public_id)
        cancel = Action(label=_("Cancel"), url=url, method="post", icon="close")
    return ImportWizard(
        step="working",
        url=url_for("ledger.import_page"),
        file_name=batch.filename,
        row_count=Figures.of(batch).rows if writing else 0,
        percent=job.progress if going and job is not None else None,
        working=text,
        cancel=cancel,
        refresh=str(REFRESH_SECONDS),
    )


def dry_run(batch: LedgerBatch, heading: Heading, errors: list[str]) -> ImportWizard:
    """What the dry run found, and how to go on."""
    session, figures = db.session(), Figures.of(batch)
    known = targets(heading.further)
    keys = [key for _index, key in sorted(mapping_of(batch).items())]
    faults = faults_of(session, batch.id, SHOWN_FAULTS)
    return ImportWizard(
        step="dry_run",
        url=url_for("ledger.import_page"),
        file_name=batch.filename,
        row_count=figures.rows,
        faults=[ImportFault(**fault) for fault in faults],
        faults_more=max(0, figures.faults + figures.doubts - len(faults)),
        faults_url=_marks_url(batch),
        faulty=figures.faulty,
        preview=[
            _preview(row, [known[key] for key in keys]) for row in first_rows(session, batch.id, PREVIEW)
        ],
        preview_heads=[known[key].label for key in keys],
        ready=figures.ready,
        hidden=_hidden(batch),
        note=_already(figures.known) if figures.known else "",
        errors=errors,
    )


def result(batch: LedgerBatch, list_url: str, errors: list[str] | None = None) -> ImportWizard:
    """What was imported, and the way back."""
    figures = Figures.of(batch)
    undone = batch.status is BatchStatus.UNDONE
    undo = Action(
        label=_("Undo this import"),
        url=url_for("ledger.import_page"),
        method="post",
        icon="reopen",
        fields=[("step", "result"), *_hidden(batch)],
        confirm=ngettext(
            "%(num)d complaint leaves the desk. Its number stays taken; the file can be imported again.",
            "%(num)d complaints leave the desk. Their numbers stay taken; the file can be imported again.",
            batch.rows_written,
        ),
    )
    notes = [_already(figures.known)] if figures.known else []
    if figures.faulty:
        notes.append(
            ngettext(
                "%(num)d row with faults was left out.",
                "%(num)d rows with faults were left out.",
                figures.faulty,
            )
        )
    if figures.repeated:
        notes.append(
            ngettext(
                "%(num)d row stood in the file twice and was taken once.",
                "%(num)d rows stood in the file twice and were taken once.",
                figures.repeated,
            )
        )
    return ImportWizard(
        step="result",
        url=url_for("ledger.import_page"),
        file_name=batch.filename,
        row_count=batch.rows_read,
        done=batch.rows_written,
        undone=undone,
        faults_url=_marks_url(batch),
        undo=None if undone else undo,
        result_url="" if undone else f"{list_url}?f.is_imported=1",
        note=" ".join(notes),
        errors=errors or (),
    )


def _already(rows: int) -> str:
    return ngettext(
        "%(num)d row is on the desk already and is left out.",
        "%(num)d rows are on the desk already and are left out.",
        rows,
    )


def _hidden(batch: LedgerBatch) -> list[tuple[str, str]]:
    return [("batch", batch.public_id)]


def _offered(options: Options) -> list[ImportOption]:
    offered: tuple[tuple[str, LazyString, Any, str], ...] = (
        ("answered", _l("Rows with a reply become"), Answered, options.answered),
        ("unanswered", _l("Rows without a reply become"), Unanswered, options.unanswered),
        ("channel", _l("Channel, where the file names none"), Channel, options.channel),
    )
    return [
        ImportOption(
            name=name,
            label=label,
            choices=[
                Choice(value=each.value, label=_label(each), selected=each.value == chosen) for each in values
            ],
        )
        for name, label, values, chosen in offered
    ]


def _label(member: Any) -> LazyString:
    return member.label if isinstance(member, Channel) else State(member.value).label


def _preview(row: LedgerRow, columns: list[Target]) -> list[str]:
    return [text_of(_shown(column, row.values.get(column.key)), desk_zone()).strip() for column in columns]


def _shown(column: Target, value: Any) -> Any:
    """A value as the desk will show it: codes by the names that the procedure gives them."""
    if value is None or column.spec is None:
        return value
    if column.declared is not None:
        return read(column.spec, value)
    if column.words:
        return named(column.spec, value)
    if column.spec.choices is not None and isinstance(value, str):
        return column.spec.choices(value)
    return value
