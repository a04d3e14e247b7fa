"""`investigation:` of a procedure: who investigates, what must be there at the end, who decides what is unclear."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field as Setting
from pydantic import model_validator

from services.procedures.parts import Code, Part, Ruled, Text
from services.procedures.vocabulary import Level, RoleName


class InquiryPart(StrEnum):
    """What a procedure may ask for before an investigation can be finished."""

    EVIDENCE = "evidence"
    PHOTOS = "photos"
    CONTACT = "contact"
    INTERVIEW = "interview"
    SITE_VISIT = "site_visit"
    SAMPLE = "sample"
    MEETING = "meeting"
    PRODUCTION_RECORDS = "production_records"
    REQUESTS_ANSWERED = "requests_answered"
    MEMO_DECIDED = "memo_decided"
    STANDARD = "standard"
    DESIGN_DOCUMENT = "design_document"
    ACCEPTANCE_BODY = "acceptance_body"
    PROBLEM_FOUND = "problem_found"
    SEVERITY = "severity"
    IMPACT = "impact"
    HAZARD_ANALYSIS = "hazard_analysis"
    TECHNICAL_ANALYSIS = "technical_analysis"
    ROOT_CAUSE = "root_cause"
    RESPONSIBILITY = "responsibility"
    RESPONSIBLE_DEPARTMENT = "responsible_department"
    RESPONSIBLE_PERSON = "responsible_person"
    EXPLANATION = "explanation"
    MEASURE = "measure"
    PREVENTIVE_MEASURE = "preventive_measure"


class When(StrEnum):
    """In which cases it is asked for."""

    ALWAYS = "always"
    PRODUCT = "product"
    """Complaints about a product."""
    PROBLEM_FOUND = "problem_found"
    """The investigation found a quality problem."""
    OWN_FAULT = "own_fault"
    """A department or a person of the house is responsible."""
    COMPLAINANT_CAUSE = "complainant_cause"
    """It was the complainant's own cause."""


class Needed(Ruled):
    part: InquiryPart
    when: When = When.ALWAYS


class Team(Ruled):
    """Who has to be on the team: `members` besides the leader, out of so many departments, appointed by whom."""

    members: Annotated[int, Setting(ge=0)] = 0
    departments: Annotated[int, Setting(ge=1)] = 1
    appointed_by: RoleName | None = None

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.members and self.departments == 1 and self.appointed_by is None:
            raise ValueError("a team that asks for nothing; write members, departments or appointed_by")
        if self.departments > self.members + 1:
            raise ValueError(
                f"{self.departments} departments need at least {self.departments - 1} members besides the leader"
            )
        return self


class GroupFunction(Ruled):
    """A function that a standing group must have somebody for."""

    code: Code
    names: Text


class Heads(Ruled):
    """Whether the group consists of heads and staff alike."""

    required: bool


class StandingGroup(Part):
    functions: Annotated[tuple[GroupFunction, ...], Setting(min_length=1)]
    heads_and_staff: Heads | None = None


class EvidenceKind(Ruled):
    code: Code
    names: Text


class Memo(Ruled):
    """To whom internal memos go: the people of this level."""

    to: Level


class Criterion(Ruled):
    """What a decision has to say something about."""

    code: Code
    names: Text


class QualityDecides(Ruled):
    """Who decides on the report, before the opinion goes up."""

    by: RoleName
    criteria: tuple[Criterion, ...] = ()


class Undetermined(Ruled):
    """Who decides whose responsibility it is where that is unclear; the case rises to the first of these levels."""

    to: Annotated[tuple[Level, ...], Setting(min_length=1)]
    product_sent_back: bool = False


class FollowsResponsibility(Ruled):
    """Whether the case goes to the department found responsible."""

    moves_case: bool


class PlanNotice(Ruled):
    """Who of each executing department is told its task when the resolution plan goes out."""

    notify: Annotated[tuple[RoleName, ...], Setting(min_length=1)]


class InvestigationRules(Part):
    """What the regulation says of investigations. Everything is optional: where it is silent, nothing is asked for."""

    team: Team | None = None
    standing_group: StandingGroup | None = None
    needed: tuple[Needed, ...] = ()
    evidence_kinds: tuple[EvidenceKind, ...] = ()
    memo: Memo | None = None
    decision: QualityDecides | None = None
    undetermined: Undetermined | None = None
    follows_responsibility: FollowsResponsibility | None = None
    plan: PlanNotice | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        lists = {
            "needed": [f"{each.part.value} when {each.when.value}" for each in self.needed],
            "evidence_kinds": [kind.code for kind in self.evidence_kinds],
            "standing_group.functions": [each.code for each in self.functions],
            "decision.criteria": [each.code for each in self.decision.criteria] if self.decision else [],
        }
        for name, codes in lists.items():
            twice = next((code for index, code in enumerate(codes) if code in codes[:index]), None)
            if twice is not None:
                raise ValueError(f"{name} lists {twice} twice; take one of them out")
        return self

    @property
    def functions(self) -> tuple[GroupFunction, ...]:
        return self.standing_group.functions if self.standing_group else ()

    def evidence_kind(self, code: str | None) -> EvidenceKind | None:
        """The kind with this code; None when the procedure has no such kind."""
        return next((kind for kind in self.evidence_kinds if kind.code == code), None)


SILENT = InvestigationRules()
"""What holds where a procedure says nothing of investigations."""
