"""What stands in the edge of a widget's frame."""

from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget


def note(widget: Widget, text: str) -> None:
    """Put a text into the lower edge, and repaint nothing else."""
    content = Content(text)
    if (widget.border_subtitle or "") == content.markup:
        return
    # By the property Textual would repaint everything within the frame: 4.5 KB instead of 0.6.
    widget._border_subtitle = content  # noqa: SLF001
    width, height = widget.content_size
    edge = Region(-widget.gutter.left, height + widget.gutter.bottom - 1, width, 1)
    widget.refresh(edge.grow((0, widget.gutter.width, 0, 0)))
