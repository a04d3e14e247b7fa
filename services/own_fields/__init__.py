"""Fields that procedures declare themselves: how they look to screens, what they take, when they must be there.

`declared(session, actor, locale)` gives lists, filters, exports and imports their declarations; `values` checks and
keeps what is typed; `required` tells what is missing. Values are kept by code (`Complaint.own_values`).
"""

from services.own_fields.specs import (
    NOTHING,
    PREFIX,
    Declared,
    Several,
    StoredFile,
    code_of,
    declared,
    declared_in,
    key_of,
    named_choices,
    visible_fields,
)
from services.own_fields.values import Cleaned, clean, keep, read

__all__ = [
    "NOTHING",
    "PREFIX",
    "Cleaned",
    "Declared",
    "Several",
    "StoredFile",
    "clean",
    "code_of",
    "declared",
    "declared_in",
    "keep",
    "key_of",
    "named_choices",
    "read",
    "visible_fields",
]
