"""A folder's images in a frame that says where one is, and how many there are."""

from collections.abc import Iterator

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one

from tui.app.cells import fit_end
from tui.app.widgets.files.file_list import FileList
from tui.app.widgets.frame import note
from tui.core.language import _, plural
from tui.services.folders import Entry, Folder, in_order, matching, parent_of


class FilesPane(Vertical):
    """Orders and filters what is in a folder; `given` of `most` references are there already."""

    files = query_one(FileList)

    def __init__(self, given: int, most: int, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._given = given
        self._room = max(0, most - given)
        self._words = ""
        self._found = 0
        self._is_newest_first = False
        self.folder = Folder("", ())

    def compose(self) -> ComposeResult:
        """Fill the frame with the list."""
        yield FileList(self._given + 1, id="files-list")

    @property
    def entry(self) -> Entry | None:
        """What is under the cursor."""
        return self.files.entry

    @property
    def marked(self) -> tuple[str, ...]:
        """The paths of the marked images, of whatever folders, as they were marked."""
        return tuple(self.files.marked)

    def show(self, folder: Folder, at: str = "") -> None:
        """Show a folder without a filter, the cursor on the entry of that path."""
        self.folder, self._words = folder, ""
        self._list(at)

    def narrow(self, words: str) -> None:
        """Show what has these words in its name."""
        if words != self._words:
            self._words = words
            self._list()

    def turn(self) -> None:
        """Show the newest first, or by name again."""
        self._is_newest_first = not self._is_newest_first
        self._list()

    def mark(self, entry: Entry) -> None:
        """Mark an image, or take its mark away."""
        self.files.mark(entry)
        self.count()

    @on(events.Resize)
    def count(self) -> None:
        """Say where one is, and how many there are."""
        self.border_title = Content(fit_end(self.folder.path or _("Places"), self.size.width - 4))
        note(self, " · ".join(self._counts()))

    def _counts(self) -> Iterator[str]:
        folder, marked = self.folder, len(self.files.marked)
        if marked:
            yield _("{marked} marked", marked=marked)
        if marked > self._room:
            yield _("room for {room}", room=self._room)
        if not folder.path:
            return
        images = sum(not one.is_folder for one in folder.entries)
        if self._words:
            yield _("{found:,} of {count:,}", found=self._found, count=len(folder.entries))
        else:
            yield plural("{number:,} image", "{number:,} images", images)
        if folder.is_cut:
            yield _("not all of them: too many files")
        if folder.hidden:
            yield _("{hidden} hidden", hidden=folder.hidden)
        if self._is_newest_first:
            yield _("newest first")

    def _list(self, at: str = "") -> None:
        entry, here = self.entry, self.folder.path
        found = list(self.folder.entries)
        if self._is_newest_first:
            found = in_order(found, newest_first=True)
        if self._words:
            found = matching(found, self._words)
        paths = {one.path for one in found}
        if at not in paths:
            at = entry.path if entry and entry.path in paths else found[0].path if found else ""
        self._found = len(found)
        if here and parent_of(here) != here and not self._words:
            found.insert(0, Entry("..", parent_of(here), is_folder=True))
        self.files.show(found, at)
        self.count()
