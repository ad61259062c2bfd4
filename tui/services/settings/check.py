"""The check of a settings file: all that is wrong with it at once."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from tui.core.language import _
from tui.core.text import clean
from tui.services.settings.declared import Path, Problem
from tui.services.settings.document import Document
from tui.services.settings.values import SettingsError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from tui.services.settings.schema import Table

_KEYS = {"key", "api_key", "apikey", "api-key", "token", "secret"}
_RULES: Mapping[str, str] = {
    "string_type": _('must be text in quotes, such as "text"'),
    "int_type": _("must be a whole number, such as 8"),
    "list_type": _('must be a list of texts, such as ["pass", "show", "gateway"]'),
    "dict_type": _("must be a table of its own"),
    "model_type": _("must be a table of its own"),
    "model_attributes_type": _("must be a table of its own"),
    "greater_than_equal": _("must be at least {ge}"),
    "less_than_equal": _("must be at most {le}"),
    "greater_than": _("must be more than {gt}"),
    "decimal_type": _("must be a number of US dollars, such as 0.05"),
    "decimal_parsing": _("must be a number of US dollars, such as 0.05"),
    "finite_number": _("must be a number of US dollars, such as 0.05"),
    "too_short": _("must not be empty: delete the line, or fill it"),
    "string_pattern_mismatch": _("must be a name of letters, digits, dots, hyphens, underscores"),
}


def validated(
    schema: "type[Table]", document: Document, found: Sequence[Problem], user_file: str = ""
) -> dict[str, Any]:
    """Return the values that were set; `found` are problems that the schema can't see.

    `user_file` is given for a project file: it is where refused settings belong. Raises
    SettingsError with a line for each fault.
    """
    from pydantic import ValidationError

    problems = list(found)
    try:
        tree = schema.model_validate(document.tree).model_dump(exclude_unset=True)
    except ValidationError as error:
        tree = {}
        details = error.errors(include_url=False, include_input=False)
        problems += [_problem(schema, one, user_file) for one in details]
    if problems:
        problems.sort(key=lambda problem: document.line(problem[0]))
        lines = (
            _("{where}: {key}: {what}", where=document.where(path), key=".".join(path), what=what)
            for path, what in problems
        )
        raise SettingsError("\n".join(dict.fromkeys(clean(line) for line in lines)))
    return tree


def _problem(schema: "type[Table]", error: "ErrorDetails", user_file: str) -> Problem:
    path = tuple(str(part) for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "extra_forbidden":
            return path, _unknown(schema, path, user_file)
        case "value_error":
            return path, str(error["ctx"]["error"])
        case kind:
            rule = _RULES.get(kind, _("is no value for this setting"))
            return path, rule.format_map(error.get("ctx", {}))


def _unknown(schema: "type[Table]", path: Path, user_file: str) -> str:
    """Say what to do about an unknown key; never its value, which may be a secret."""
    from tui.services.settings.schema import (
        BudgetTable,
        LimitsTable,
        ProfileTable,
        Table,
        UserFile,
    )

    tables: dict[str, type[Table]] = {
        "limits": LimitsTable,
        "budget": BudgetTable,
        "profiles": ProfileTable,
    }
    table = tables.get(path[0], schema) if len(path) > 1 else schema
    near = get_close_matches(path[-1], table.model_fields, n=1)
    if path[-1].lower() in _KEYS:
        return _("a key has no place in this file: delete it here, and run `imagedeck key set`")
    if user_file and (not near or path[-1] in UserFile.model_fields):
        return _(
            "a project file may come from a stranger, so it sets only "
            "{model_fields}; set this in {user_file}",
            model_fields=", ".join(table.model_fields),
            user_file=user_file,
        )
    hint = (
        _("did you mean {near}?", near=near[0])
        if near
        else _("there are {model_fields}", model_fields=", ".join(table.model_fields))
    )
    return _("there is no such setting; {hint}", hint=hint)
