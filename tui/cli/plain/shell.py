"""The line mode from its first line to its last."""

import signal
import sys

from tui.app.first_frame import is_dumb
from tui.cli import exits
from tui.cli.context import Cli
from tui.cli.errors import RefusedError
from tui.cli.failures import known_failures, sentences
from tui.cli.output import note
from tui.cli.plain.choosing import OverError
from tui.cli.plain.desk import Desk
from tui.cli.plain.verbs import carry_out
from tui.cli.plain.voice import Voice
from tui.cli.session import leave_behind, part
from tui.cli.signals import Signals
from tui.core.language import _
from tui.services.draft import load_draft, save_draft

_PROMPT = "imagedeck> "
_YES = {"y", "yes", "是"}


class _LeaveError(Exception):
    """A signal says to leave."""


def open_plain(cli: Cli) -> int:
    """Read lines and carry them out until one says to leave; return the exit code."""
    now, before = cli, None
    while True:
        try:
            return _open(now)
        except OverError as over:
            now, before = over.cli, now
        except known_failures() as error:
            if before is None:
                raise
            for sentence in sentences(error):
                note(sentence)
            now, before = before, None


def _open(cli: Cli) -> int:
    """Read lines with one profile; raises OverError where another one is meant."""
    came: list[int] = []

    def leave(number: int) -> None:
        came.append(number)
        raise _LeaveError  # out of the waiting for a line

    with Voice(cli.settings.home, cli.suffix) as voice:
        deck = cli.open_deck(voice.hear, voice.hear)
        with deck:
            desk = Desk.with_draft(cli, deck, voice, _ask, load_draft(cli.places.draft))
            try:
                with Signals(
                    leave,
                    hurry=deck.engine.hurry,
                    close=deck.engine.close,
                    part=lambda number: part(cli, deck, number),
                ):
                    _greet(desk)
                    _converse(desk)
            except _LeaveError:
                pass
            finally:
                save_draft(cli.places.draft, desk.draft)
                cli.close()
            if deck.engine.is_sending:
                note(_("Waiting for the answer to a submission (at most 30 seconds)."))
    if came == [signal.SIGHUP]:
        leave_behind(cli, deck)
    return 128 + came[0] if came else exits.OK


def _greet(desk: Desk) -> None:
    if not is_dumb() and sys.stdin.isatty():
        import readline  # noqa: F401 - input() edits its line with it
    where = _("the demo, simulated images") if desk.cli.demo else desk.cli.settings.origin
    desk.voice.say(
        _(
            "imagedeck, line by line, at {where}. Type help for the verbs, quit to leave.",
            where=where,
        )
    )
    desk.voice.say(_("Model: {title}.", title=desk.model.title))
    desk.go_on_with_earlier()


def _converse(desk: Desk) -> None:
    while True:
        try:
            line = input(_PROMPT)
        except EOFError:
            return
        except UnicodeDecodeError:
            desk.voice.say(_("That line is no text in this locale's encoding; nothing was done."))
            continue
        try:
            if not carry_out(desk, line):
                return
        except RefusedError as error:
            desk.voice.say(str(error))
        except known_failures() as error:
            for sentence in sentences(error):
                desk.voice.say(sentence)


def _ask(question: str) -> bool:
    try:
        return input(_("{question} yes or no: ", question=question)).strip().lower() in _YES
    except EOFError:
        return False
