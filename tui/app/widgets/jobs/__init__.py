"""The live table of jobs."""

from tui.app.widgets.jobs.table import JobTable

__all__ = ["JobTable"]
