"""What the fields of a request are called, for people."""

from collections.abc import Mapping

from tui.core.language import sense

_LABELS: Mapping[str, str] = {
    "model": sense("field", "model"),
    "prompt": sense("field", "prompt"),
    "size": sense("field", "size"),
    "quality": sense("field", "quality"),
    "n": sense("field", "n"),
    "background": sense("field", "background"),
    "output_format": sense("field", "output format"),
    "output_compression": sense("field", "output compression"),
    "aspect_ratio": sense("field", "aspect ratio"),
    "image": sense("field", "image"),
    "references": sense("field", "references"),
    "shape": sense("field", "shape"),
    "pixels": sense("field", "pixels"),
    "format": sense("field", "format"),
}


def field_label(name: str) -> str:
    """Return a field's name in words."""
    return _LABELS.get(name) or name.replace("_", " ")
