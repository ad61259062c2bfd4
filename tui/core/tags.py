"""Tags as people write them."""

import re

MOST_TAGS, LONGEST = 50, 60
_SPLIT = re.compile(r"[\s,;]+")


def tags_of(text: str) -> tuple[str, ...]:
    """Read tags, in lower case, each once, in their order; blanks and commas part them."""
    words = (one.strip('"#').lower()[:LONGEST] for one in _SPLIT.split(text))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_TAGS]


def common(several: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the tags that all have, in the order of the first."""
    first, *rest = several
    return tuple(tag for tag in first if all(tag in one for one in rest))


def edited(
    tags: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[str, ...]:
    """Return a job's tags once those in common were changed from `before` to `after`."""
    kept = [tag for tag in tags if tag not in before or tag in after]
    return tuple(dict.fromkeys([*kept, *after]))[:MOST_TAGS]
