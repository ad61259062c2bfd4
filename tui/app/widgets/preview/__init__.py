"""The finished image of a job with everything known about it."""

from tui.app.widgets.preview.preview import Preview

__all__ = ["Preview"]
