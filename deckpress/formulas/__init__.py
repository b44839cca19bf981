"""TeX: its macros, deletions and rows, and the field that Anki's MathJax typesets."""

from deckpress.formulas.deletions import (
    Deletion,
    all_deletions,
    back_of,
    check_joints,
    fronts_of,
    split_deletions,
    without_deletions,
)
from deckpress.formulas.field import Rows, first_row_end, first_tag, rows_around, to_field
from deckpress.formulas.macros import MacroError, count_parameters, expand_macros
from deckpress.formulas.origins import Edit, Rewritten, rewrite
from deckpress.formulas.spelling import check_spelling
from deckpress.formulas.tex import (
    TOKEN,
    Flaw,
    Token,
    check_structure,
    closes_group,
    opens_group,
    token_before,
)
from deckpress.formulas.written import Written, write_out

__all__ = [
    "TOKEN",
    "Deletion",
    "Edit",
    "Flaw",
    "MacroError",
    "Rewritten",
    "Rows",
    "Token",
    "Written",
    "all_deletions",
    "back_of",
    "check_joints",
    "check_spelling",
    "check_structure",
    "closes_group",
    "count_parameters",
    "expand_macros",
    "first_row_end",
    "first_tag",
    "fronts_of",
    "opens_group",
    "rewrite",
    "rows_around",
    "split_deletions",
    "to_field",
    "token_before",
    "without_deletions",
    "write_out",
]
