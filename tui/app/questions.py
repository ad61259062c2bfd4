"""What is asked and said about jobs before something is done with them."""

from collections.abc import Sequence

from tui.app.screens.confirm import ConfirmScreen
from tui.core.job import Job, State
from tui.core.language import _
from tui.core.person import owners_of
from tui.core.state_words import STATES
from tui.core.text import one_line

Jobs = Sequence[Job]


def not_retried(jobs: Jobs) -> str:
    """Say that jobs are in no state to be made again."""
    if len(jobs) > 1:
        return _("Jobs like these can't be retried.")
    return _("A job that is {state} can't be retried.", state=STATES[jobs[0].state])


def stop_question(live: Jobs) -> ConfirmScreen:
    """Ask before several jobs are stopped."""
    unsent = sum(job.state is State.QUEUED for job in live)
    lines = []
    if unsent:
        lines.append(_("{unsent} were never sent: they are dropped, for free.", unsent=unsent))
    if unsent < len(live):
        sent = len(live) - unsent
        lines.append(
            _(
                "{sent} are under way: they are no longer watched, and billed all the same.",
                sent=sent,
            )
        )
    return ConfirmScreen(
        _("Stop {number} jobs?", number=len(live)), " ".join(lines), yes=_("Stop"), no=_("Go on")
    )


def others_question(theirs: Jobs, number: int) -> ConfirmScreen:
    """Ask before something is done with jobs that other people added, `number` with one's own."""
    names = ", ".join(one_line(name, 40) for name in owners_of(theirs, ""))
    if number == 1:
        title = _("This job was added by {names}", names=names)
    elif len(theirs) == number:
        title = _("These {number} jobs were added by {names}", number=number, names=names)
    else:
        title = _(
            "Of these {number} jobs {theirs} were added by {names}",
            number=number,
            theirs=len(theirs),
            names=names,
        )
    why = _("It is done with jobs of others only when you say so.")
    no = _("Leave it") if number == 1 else _("Leave them")
    return ConfirmScreen(title, why, yes=_("Do it all the same"), no=no)


def retry_question(jobs: Jobs, able: Jobs, saved: int, price: str, again: int) -> ConfirmScreen:
    """Ask before several jobs are made again, or those that are saved or were made `again` before.

    A key that is held down must not pay as often as it repeats.
    """
    if len(able) == 1:
        why = _("It was made again already. One more job is billed, too.")
        if saved:
            why = _("Its images are here already. A new job makes others, and is billed.")
        return ConfirmScreen(
            _("Make it again?"),
            why,
            yes=_("Make it again"),
            no=_("Leave it"),
        )
    left = len(jobs) - len(able)
    lines = [_("Estimated price: {price}.", price=price)]
    if saved:
        lines.append(
            _("{saved} of them have their images already; new jobs make others.", saved=saved)
        )
    if again:
        lines.append(_("{again} of them were made again already.", again=again))
    if left:
        lines.append(_("{left} more can't be retried as they are.", left=left))
    return ConfirmScreen(
        _("Make {number} jobs again, as new ones?", number=len(able)),
        " ".join(lines),
        yes=_("Make them again"),
        no=_("Leave them"),
    )


def names_of(jobs: Jobs) -> str:
    """Name jobs in a sentence: the first by its prompt, and how many more there are."""
    rest = _(" and {number} more", number=len(jobs) - 1) if len(jobs) > 1 else ""
    return f"{one_line(jobs[0].prompt, 60)}{rest}"
