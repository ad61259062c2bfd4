"""What was written down in English, told in the reader's language."""

import re
from functools import cache
from string import Formatter
from typing import TYPE_CHECKING

from tui.core.language import WRITTEN, installed

if TYPE_CHECKING:
    from tui.core.language import Catalog

_MOST = 2000  # characters; what is longer somebody else has written


def retold(text: str) -> str:
    """Return a text that `english` made in the language installed; any other as it is."""
    catalog = installed()
    if catalog is None or len(text) > _MOST:
        return text
    for pattern, message in _patterns(catalog):
        if found := pattern.fullmatch(text):
            parts = {name: retold(part) for name, part in found.groupdict().items()}
            said = catalog.pgettext(WRITTEN, message)
            return said.format(**parts) if parts else said
    return text


@cache
def _patterns(catalog: "Catalog") -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return what each text looks like, those that say most first."""
    found = [(*_pattern(message), message) for message in catalog.written]
    found.sort(key=lambda one: -one[1])
    return tuple((pattern, message) for pattern, _length, message in found)


def _pattern(message: str) -> tuple[re.Pattern[str], int]:
    parts, length, names = [], 0, set()
    for literal, name, _spec, _conversion in Formatter().parse(message):
        parts.append(re.escape(literal))
        length += len(literal)
        if name:
            parts.append(f"(?P={name})" if name in names else f"(?P<{name}>.*?)")
            names.add(name)
    return re.compile("".join(parts), re.DOTALL), length
