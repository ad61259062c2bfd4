"""One prompt with choices in it, made into many."""

from tui.core.expand.expansion import Expansion
from tui.core.expand.parse import Lists, has_choices, names_in, parse, put
from tui.core.expand.parts import Template, variables_of

__all__ = [
    "Expansion",
    "Lists",
    "Template",
    "has_choices",
    "names_in",
    "parse",
    "put",
    "variables_of",
]
