"""What came of an image that was not asked for so."""

from collections.abc import Iterator, Mapping

from tui.core.fields import Value
from tui.core.language import english

_SAME = {"JPG": "JPEG"}


def differences(values: Mapping[str, Value], got: str, *, is_opaque: bool) -> Iterator[str]:
    """Say where an image of that format, as Pillow names it, is not what a request's values say."""
    asked = str(values.get("output_format", "")).rpartition("/")[2].upper()
    if asked and _SAME.get(asked, asked) != got:
        yield english("asked for {asked}, got {got}", asked=asked, got=got)
    if is_opaque and values.get("background") == "transparent":
        yield english("asked for a transparent background, got an opaque one")
