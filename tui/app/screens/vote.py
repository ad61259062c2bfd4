"""The screen on which the best of several images is chosen without their names."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Static

from tui.app.canvas import Canvas
from tui.app.estimates import Estimates
from tui.app.looks import full_name
from tui.app.screens.beside import BesideScreen
from tui.app.widgets.preview.facts import Fact
from tui.core.job import Job, Saved
from tui.core.language import _, sense
from tui.core.state_words import VOTES
from tui.core.text import one_line
from tui.core.voting import Outcome, Vote

_NAMES = "ABCD"

Write = Callable[[str | Outcome | None], Awaitable[bool]]


class VoteScreen(BesideScreen):
    """Jobs in the order in which they stand there; names come with the vote. `write` keeps it."""

    BINDING_GROUP_TITLE = _("Vote")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(
                f"{at + 1},{name.lower()}",
                f"vote({at})",
                _("{name} is best", name=name),
                id=f"vote.{name.lower()}",
                tooltip=_("{name} is the best", name=name),
            )
            for at, name in enumerate(_NAMES)
        ),
        Binding(
            "t",
            "end('tie')",
            sense("vote", "Tie"),
            id="vote.tie",
            tooltip=_("They are equally good"),
        ),
        Binding(
            "n",
            "end('none')",
            sense("vote", "None"),
            id="vote.none",
            tooltip=_("None of them is any good"),
        ),
        Binding("u", "take_back", _("Undo"), id="vote.undo", tooltip=_("Take the vote back")),
        Binding(
            "right_square_bracket",
            "image(1)",
            _("Next image"),
            show=False,
            id="vote.image",
            tooltip=_("Each job's next image"),
        ),
    ]
    head = query_one("#vote-head", Static)

    def __init__(
        self, jobs: Sequence[Job], estimates: Estimates, canvas: Canvas, write: Write
    ) -> None:
        super().__init__(jobs, estimates, canvas)
        self._write = write
        self._is_open = False  # the names are to be seen

    def compose(self) -> ComposeResult:
        """Give each job a column, under what they were asked for."""
        yield Static(id="vote-head", markup=False)
        yield from super().compose()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer as many letters as there are images, and an undo where there is a vote."""
        match action, parameters:
            case "vote", (int() as at,):
                return at < len(self.jobs)
            case "take_back", _:
                return any(job.vote for job in self.jobs)
        return True

    def show_jobs(self) -> None:
        """Show the images, and whose they are once that may be known."""
        self.head.update(Content(self._head()))
        super().show_jobs()
        self.refresh_bindings()

    def caption(self, at: int, job: Job, file: Saved | None) -> str:
        """Name the image, and whose it is once that may be known."""
        del file
        if not self._is_open:
            return _NAMES[at]
        word = f" · {VOTES.get(job.vote, job.vote)}" if job.vote else ""
        return f"{_NAMES[at]}{word} · {full_name(job.request.model)}"

    def known(self, facts: Sequence[Fact]) -> Sequence[Fact]:
        """Tell nothing of a job before the vote."""
        return facts if self._is_open else ()

    async def action_vote(self, at: int) -> None:
        """Choose the best."""
        await self._end(self.jobs[at].id)

    async def action_end(self, outcome: str) -> None:
        """Choose none."""
        await self._end(Outcome(outcome))

    async def action_take_back(self) -> None:
        """Take the vote back; the names are hidden again."""
        if await self._write(None):
            self._is_open = False
            self.show_jobs()

    async def _end(self, best: str | Outcome) -> None:
        if await self._write(best):
            self._is_open = True
            self.show_jobs()

    def _head(self) -> str:
        if self._is_open:
            won = [at for at, job in enumerate(self.jobs) if job.vote == Vote.WON]
            if won:
                said = _(
                    "{names} won: {full_name}",
                    names=_NAMES[won[0]],
                    full_name=full_name(self.jobs[won[0]].request.model),
                )
            else:
                said = (
                    _("A tie") if any(job.vote == Vote.TIED for job in self.jobs) else _("None won")
                )
            return _("{said}. u takes it back, another letter changes it.", said=said)
        before = _(" It was voted on before.") if any(job.vote for job in self.jobs) else ""
        return _(
            "Which is best? {prompt}{before}",
            prompt=one_line(self.jobs[0].prompt, 200),
            before=before,
        )
