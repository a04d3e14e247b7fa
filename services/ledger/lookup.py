"""Names in an old ledger and whom or what they mean on this desk."""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from models import Department, User
from models.enums import FollowUpResult
from models.labels import _l
from services.ledger.languages import key_of
from services.ledger.parsing import CellFault, choice_of
from services.procedures.schema import Procedure


class Names:
    """Departments, people and grades by what they are called. Read once an import.

    `departments`: the only ones that the importing person may put complaints into; None for all.
    """

    def __init__(
        self, session: Session, procedure: Procedure | None, departments: frozenset[int] | None = None
    ) -> None:
        self._allowed = departments
        self._departments: dict[str, int | None] = {}
        self._people: dict[str, int | None] = {}
        self.department_names: dict[int, str] = {}
        for department in session.scalars(sa.select(Department).where(Department.ended_on.is_(None))):
            self.department_names[department.id] = department.name
            _put(self._departments, department.name, department.id)
            _put(self._departments, department.code, department.id)
        for user_id, login, name in session.execute(sa.select(User.id, User.login, User.name)):
            _put(self._people, name, user_id)
            _put(self._people, login, user_id)
        self._grades: dict[str, str] = {}
        for grade in procedure.grading.levels if procedure is not None and procedure.grading else ():
            for word in (grade.code, grade.names.zh, grade.names.en):
                self._grades[key_of(word)] = grade.code

    def id_of(self, field: str, name: str) -> int:
        """The department or person meant. CellFault: nobody or more than one is called so, or not one's own."""
        if field == "department_id":
            return self._department(name)
        found = self._people.get(key_of(name), 0)
        if not found:
            raise CellFault(_who(found is None))
        return found

    def meant(self, department: bool, name: str) -> int:
        """The department or person that a declared field names; such a field hands no complaint over."""
        return self._named_department(name) if department else self.id_of("", name)

    def _department(self, name: str) -> int:
        found = self._named_department(name)
        if self._allowed is not None and found not in self._allowed:
            raise CellFault(
                _l("You may not import complaints for this department. Ask who may, or leave the row out.")
            )
        return found

    def _named_department(self, name: str) -> int:
        found = self._departments.get(key_of(name), 0)
        if found is None:
            raise CellFault(_l("More than one department is called so. Write its code."))
        if not found:
            raise CellFault(
                _l("There is no such department. Create it, correct the name, or leave the column out.")
            )
        return found

    def coded(self, field: str, word: str, aliases: dict[str, str]) -> str:
        """The code behind a grade or a satisfaction as people write it."""
        if field == "satisfaction":
            result: StrEnum = choice_of(word, FollowUpResult, aliases)
            return result.value
        if key_of(word) not in self._grades:
            known = "、".join(dict.fromkeys(self._grades.values()))
            raise CellFault(_l("This word is not known. Write one of: %(allowed)s.", allowed=known))
        return self._grades[key_of(word)]


def _put(names: dict[str, int | None], name: str, record_id: int) -> None:
    """None marks a name that two bear."""
    key = key_of(name)
    names[key] = record_id if names.get(key, record_id) == record_id else None


def _who(several: bool) -> str:
    if several:
        return str(_l("More than one person is called so. Write the login."))
    return str(_l("Nobody here is called so. Create the account, write the login, or leave the column out."))
