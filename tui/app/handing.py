"""Handing jobs to what lies outside: the clipboard, the viewer."""

import asyncio
import os
from collections.abc import Sequence

from tui.app.clipboard import TooLongError, into_tmux, sequence
from tui.app.here import Here
from tui.app.screens.copy import CopyScreen
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.job import Job
from tui.core.language import _, marked
from tui.services.shell_lines import Form, given_as, scp_line
from tui.services.viewer import MOST_AT_ONCE, ViewerError, show_files, viewer


class Handing:
    """Copies and opens what a person points at."""

    def __init__(self, session: Session, app: TerminalApp) -> None:
        self._session = session
        self._app = app
        self._here = Here(session, app)

    async def copy(self, jobs: Sequence[Job]) -> None:
        """Ask what is to be copied, and send it to the terminal."""
        texts = {form: text for form in Form if (text := self._text(form, jobs))}
        form = await self._app.push_screen_wait(CopyScreen(texts))
        if form is Form.SCP:  # it names copies, which have to be there
            files = [one for job in jobs for one in job.files]
            if len(await self._here.paths(files)) < len(files):
                return
        if form is not None:
            await self._send(form, texts[form])

    async def open(self, jobs: Sequence[Job]) -> None:
        """Show images in the system's viewer, or say how they get to where one can see them."""
        files = [one for job in jobs for one in job.files][:MOST_AT_ONCE]
        if not files:
            self._app.say(_("There is no image yet."), "warning")
            return
        paths = await self._here.paths(files)
        if not paths:
            return
        command = viewer(self._session.settings.viewer, os.environ)
        if not command:
            fetch = scp_line(paths, os.environ)
            self._app.say(
                _("There is no display here. Fetch it (y, s copies this): {fetch}", fetch=fetch)
            )
            return
        try:
            show_files(command, paths, os.environ)
        except ViewerError as error:
            self._app.say(str(error), "warning")

    async def _send(self, form: Form, text: str) -> None:
        try:
            wrapped = sequence(text, os.environ)
        except TooLongError as error:
            self._app.say(str(error), "warning")
            return
        where = _("the terminal")
        if await asyncio.to_thread(into_tmux, text, os.environ):
            where = _("tmux and the terminal")
        else:
            self._app.to_terminal(wrapped)
        # Nobody can know whether the terminal took it.
        self._app.say(
            _(
                "Sent to {where}: {words}, {count:,} characters.",
                where=where,
                words=_(_WORDS[form]),
                count=len(text),
            )
        )

    def _text(self, form: Form, jobs: Sequence[Job]) -> str:
        session = self._session
        if form is Form.SCP and "SSH_CONNECTION" not in os.environ:
            return ""
        base_url = session.settings.base_url
        return given_as(form, jobs, base_url=base_url, places=session.places, environ=os.environ)


_WORDS = {
    Form.FILE: marked("the path"),
    Form.PROMPT: marked("the prompt"),
    Form.TASK: marked("the task id"),
    Form.CURL: marked("a curl command"),
    Form.COMMAND: marked("an imagedeck command"),
    Form.SCP: marked("an scp line"),
}
