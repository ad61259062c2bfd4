"""The form of a request, made from a model's declaration."""

from tui.app.widgets.form.form import RequestForm

__all__ = ["RequestForm"]
