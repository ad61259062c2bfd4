"""The line below the jobs: what is shown of them, and in which order."""

from textual.content import Content
from textual.widgets import Static

from tui.app.widgets.jobs.sorting import NEWEST
from tui.app.widgets.jobs.table import Standing
from tui.core.text import one_line


class JobsStatus(Static):
    """Hidden while all jobs are shown, newest first, and there is nothing else to say."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._shown = ""
        self.add_class("-quiet")

    def tell(
        self, standing: Standing, filtered: str, fault: str = "", *, progress: str = ""
    ) -> None:
        """Say how the table stands, `filtered` by this query, or why a query can't be read.

        `progress` is how far a batch is.
        """
        parts = [*_parts(standing, filtered), *([one_line(progress)] if progress else [])]
        text = one_line(fault) if fault else " · ".join(parts)
        if text == self._shown:
            return
        self._shown = text
        self.set_class(bool(fault), "fault")
        self.set_class(not text, "-quiet")
        self.update(Content(text), layout=False)


def _parts(standing: Standing, filtered: str) -> list[str]:
    parts = []
    if filtered:
        parts.append(f"{one_line(filtered, 60)}: {_jobs(standing.count)}")
    if standing.sort != NEWEST:
        by = standing.sort.by.value if standing.sort.by else "Age"
        parts.append(f"by {by} {standing.sort.arrow}")
    if standing.is_ranging:
        parts.append(f"{standing.marked:,} marked, v ends the range")
    elif standing.marked:
        parts.append(f"{standing.marked:,} marked")
    if standing.newer:
        parts.append(f"{standing.newer:,} newer above, home shows them")
    return parts


def _jobs(count: int) -> str:
    return "1 job" if count == 1 else f"{count:,} jobs"
