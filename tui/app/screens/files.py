"""The screen that finds images on this machine to be references."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.getters import query_one
from textual.widgets import Input, Static

from tui.app.canvas import Canvas
from tui.app.screens.dialog import Dialog
from tui.app.widgets.files.file_list import FileList
from tui.app.widgets.files.file_view import FileView
from tui.app.widgets.files.filter import FileFilter, is_path
from tui.app.widgets.files.pane import FilesPane
from tui.app.widgets.keybar import KeyBar
from tui.core.language import _
from tui.core.text import one_line
from tui.services.candidates import Candidate
from tui.services.folders import (
    Entry,
    Folder,
    FolderError,
    look_into,
    parent_of,
    standing,
    whole,
)

Look = Callable[[str], Awaitable[Candidate]]


def _key(keys: str, action: str, name: str, about: str) -> Binding:
    return Binding(keys, action, name, id=f"files.{action}", tooltip=about)


class FilesScreen(Dialog[tuple[str, ...] | None]):
    """Returns the paths that were taken, in the order of their marks.

    It begins in the first of the folders that can be opened; all of them are offered as places to
    go. `look` says what a file would be as a reference; `given` of `most` are there already.
    """

    AUTO_FOCUS = "#files-list"
    BINDING_GROUP_TITLE = _("Find images")
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("left,h,backspace", "parent", _("Up"), _("To the folder that this one is in")),
        _key("slash", "filter", _("Filter"), _("Filter by a part of the name; a path leads there")),
        _key("s", "sort", _("Newest"), _("Newest first, or by name again")),
        _key("full_stop", "hidden", _("Hidden"), _("Show hidden files and folders, or no longer")),
        _key("r", "recent", _("Recent"), _("Folders that references were taken from, and home")),
        Binding(
            "t", "take", _("Take"), show=False, id="files.take", tooltip=_("Take the marked images")
        ),
        _key(
            "escape,q", "close", _("Back"), _("Clear the filter; without one go back to the form")
        ),
    ]
    pane = query_one(FilesPane)
    view = query_one(FileView)
    filter = query_one(FileFilter)

    def __init__(
        self, look: Look, folders: Sequence[str], canvas: Canvas, *, given: int, most: int
    ) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [
            (0, "-slim"),
            (64, "-narrow"),
            (120, "-wide"),
            (180, "-vast"),
        ]
        self._look = look
        self._folders = folders
        self._given, self._most = given, most
        self._canvas = canvas
        self._before = ""
        self._shows_hidden = False
        self._known: dict[str, Candidate] = {}
        self._wanted: Entry | None = None
        self._is_looking = False

    def compose(self) -> ComposeResult:
        """Put the list beside what is under its cursor."""
        yield FileFilter()
        with Horizontal(id="files-body"):
            yield FilesPane(self._given, self._most, id="files-pane")
            yield FileView(self._canvas, id="files-view")
        yield Static(id="files-said", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin where images were taken from the last time."""
        self._open(*self._folders, "/")

    def action_parent(self) -> None:
        """Go to the folder above; from the places back to where one was."""
        here = self.pane.folder.path
        if not here:
            self._open(self._before)
        elif parent_of(here) != here:
            self._open(parent_of(here), at=here)

    def action_filter(self) -> None:
        """Type a part of a name."""
        self.filter.focus()

    def action_sort(self) -> None:
        """Sort in another way."""
        self.pane.turn()

    def action_hidden(self) -> None:
        """Show hidden ones too, or not."""
        self._shows_hidden = not self._shows_hidden
        if here := self.pane.folder.path:
            entry = self.pane.entry
            self._open(here, at=entry.path if entry else "")

    @work(exclusive=True, group="folder")
    async def action_recent(self) -> None:
        """Show places to go to."""
        self._before = self.pane.folder.path or self._before
        places = await asyncio.to_thread(standing, [*self._folders, "~", "/"])
        self._show(Folder("", tuple(places)))

    def action_take(self) -> None:
        """Take the marked images, or the one under the cursor."""
        entry = self.pane.entry
        if self.pane.marked:
            self.dismiss(self.pane.marked)
        elif entry and not entry.is_folder and not self._refuse(entry):
            self.dismiss((entry.path,))

    def action_close(self) -> None:
        """Show all again; without a filter go back."""
        if self.filter.value:
            self.filter.value = ""
        else:
            self.dismiss(None)

    @on(FileList.Opened)
    def _open_entry(self, event: FileList.Opened) -> None:
        """Go into a folder, or take images."""
        if event.entry.is_folder:
            self._open(event.entry.path, at=self.pane.folder.path)
        else:
            self.action_take()

    @on(FileList.MarkWanted)
    def _mark(self, event: FileList.MarkWanted) -> None:
        """Mark what can be a reference."""
        if event.entry.path in self.pane.marked or not self._refuse(event.entry):
            self.pane.mark(event.entry)
            if event.goes_on:
                self.pane.files.action_move(1)

    @on(FileList.Highlighted)
    def _show_entry(self, event: FileList.Highlighted) -> None:
        """Show what is under the cursor as far as it is known; look at it."""
        entry = event.entry
        known = self._known.get(entry.path) if entry else None
        # Later, by the view itself: its wish for a picture would end at this screen.
        self.view.call_later(self.view.show, entry, known)
        self._say("")
        if entry and not entry.is_folder and not entry.problem and known is None:
            self._wanted = entry
            if not self._is_looking:
                self._look_on()

    @work(group="look")
    async def _look_on(self) -> None:
        """Look at one file at a time, and always at the one that was wanted last."""
        self._is_looking = True
        try:
            while entry := self._wanted:
                self._wanted = None
                self._known[entry.path] = candidate = await self._look(entry.path)
                if entry is self.pane.entry:
                    self.view.call_later(self.view.show, entry, candidate)
        finally:
            self._is_looking = False

    @on(Input.Changed)
    def _filter(self, event: Input.Changed) -> None:
        """Show what matches so far."""
        event.stop()
        words = event.value.strip()
        self.pane.narrow("" if is_path(words) else words)

    @on(Input.Submitted)
    def _go(self, event: Input.Submitted) -> None:
        """Go to a path that was typed, or on to what was found."""
        event.stop()
        if is_path(event.value):
            path = whole(event.value.strip())
            self._open(path, parent_of(path), at=path)

    @work(exclusive=True, group="folder")
    async def _open(self, *paths: str, at: str = "") -> None:
        """Show the first of these folders that can be opened."""
        problem = ""
        for path in paths:
            try:
                # In a thread: a folder may be large, or far away.
                folder = await asyncio.to_thread(look_into, path, hidden=self._shows_hidden)
            except FolderError as error:
                problem = problem or str(error)
                continue
            self._show(folder, at)
            return
        self._say(problem)

    def _show(self, folder: Folder, at: str = "") -> None:
        with self.filter.prevent(Input.Changed):
            self.filter.value = ""
        self.pane.show(folder, at)

    def _refuse(self, entry: Entry) -> bool:
        """Say why a file can't be a reference, as far as that is known."""
        known = self._known.get(entry.path)
        why = entry.problem or (known.error if known else "")
        self._say(_("{name}: {why}", name=entry.name, why=why) if why else "")
        return bool(why)

    def _say(self, text: str) -> None:
        self.query_one("#files-said", Static).update(Content(one_line(text, 300)))
