"""Procedures that are being written, for addresses of the route matrix."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from models import ProcedureAdoption, ProcedureDraft
from models.enums import RoleName
from tests.factories import House


def written_procedures(session: Session, house: House) -> dict[str, Any]:
    """A draft and a proposal of the head of quality, by the name of their kind."""
    author = house[RoleName.HEAD_OF_QUALITY].id
    draft = ProcedureDraft(
        code="copied",
        name_zh="制度",
        name_en="Procedure",
        purpose="修订",
        source_code="copied",
        source_number=1,
        source_text="code: copied\n",
        text="code: copied\n",
        author_id=author,
    )
    adoption = ProcedureAdoption(code="copied", former_code="former", reason="修订", proposed_by_id=author)
    session.add_all([draft, adoption])
    session.flush()
    return {"procedure_draft": draft, "procedure_adoption": adoption}
