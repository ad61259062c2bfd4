"""The line below the jobs: what is shown of them, and in which order."""

from textual.content import Content
from textual.widgets import Static

from tui.app.widgets.jobs.sorting import NEWEST
from tui.app.widgets.jobs.table import Standing
from tui.core.language import _, marked, plural
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
        parts.append(
            _("{filter}: {jobs}", filter=one_line(filtered, 60), jobs=_jobs(standing.count))
        )
    if standing.sort != NEWEST:
        by = standing.sort.by.value if standing.sort.by else marked("Age")
        parts.append(_("by {by} {arrow}", by=_(by), arrow=standing.sort.arrow))
    if standing.is_ranging:
        parts.append(_("{marked:,} marked, v ends the range", marked=standing.marked))
    elif standing.marked:
        parts.append(_("{marked:,} marked", marked=standing.marked))
    if standing.newer:
        parts.append(_("{newer:,} newer above, home shows them", newer=standing.newer))
    return parts


def _jobs(count: int) -> str:
    return plural("1 job", "{number:,} jobs", count)
