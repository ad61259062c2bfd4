"""Pieces of prompt text, and how they are put into a prompt."""

import unicodedata
from collections.abc import Sequence
from functools import reduce

PLACE = "{prompt}"  # in a snippet: where the rest of the prompt stands
_PAUSES = frozenset(",;:.!?…，；：。！？、")
_OPENING = frozenset("([{\"'“‘（「『\n")
_CLOSING = _PAUSES | frozenset(")]}\"'”’）」』\n")


def with_snippets(prompt: str, snippets: Sequence[str]) -> str:
    """Return a prompt with snippets added in their order; one that says nothing stays so."""
    return reduce(added, snippets, prompt) if prompt.strip() else prompt


def added(prompt: str, snippet: str) -> str:
    """Return a prompt with a snippet behind it, or around it where the snippet says so."""
    prompt = prompt.rstrip()
    if PLACE in snippet:
        return snippet.replace(PLACE, prompt)
    return prompt + between(prompt, snippet, "")


def between(before: str, snippet: str, after: str) -> str:
    """Return a snippet with the commas that it needs between these two texts."""
    piece = snippet.strip()
    return f"{_joint(before, piece)}{piece}{_joint(piece, after)}"


def _joint(before: str, after: str) -> str:
    """Return what separates two texts, a comma in the script of the first."""
    if not before.strip() or not after.strip():
        return ""
    last, first = before[-1], after[0]
    # Whoever typed a blank goes on with the sentence.
    if last.isspace() or first.isspace() or last in _OPENING or first in _CLOSING:
        return ""
    is_wide = unicodedata.east_asian_width(last) in {"W", "F"}
    if last in _PAUSES:
        return "" if is_wide else " "
    return "，" if is_wide else ", "
