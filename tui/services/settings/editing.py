"""Editing the settings file without losing a word or a working file."""

import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tui.core.language import _
from tui.core.retelling import retold
from tui.services.places import PlaceError, private_folder
from tui.services.settings.catalog import starting_text
from tui.services.settings.document import Document, read_text
from tui.services.settings.values import SettingsError

Editor = Callable[[Path], None]
Again = Callable[[str], bool]


def edit(file: Path, editor: Editor, again: Again) -> bool:
    """Let `editor` change a copy, check it, put it in the file's place; False when nothing changed.

    `again` is told everything that is wrong and says whether to go on editing. Raises
    SettingsError, with the copy's name, when the text can't become the settings; the file
    stays as it was then.
    """
    target = file.resolve()  # the file may be a link into a folder of dotfiles
    before = read_text(target)
    start = starting_text() if before is None else before
    copy = _copy(target, start)
    try:
        _edit_until_right(copy, file, editor, again)
        return _replace(target, before, copy)
    except SettingsError as error:
        if _holds(copy, start):
            copy.unlink(missing_ok=True)
            raise
        raise SettingsError(
            _("{error}\nNothing was changed; your text is in {copy}", error=error, copy=copy)
        ) from error


def _edit_until_right(copy: Path, file: Path, editor: Editor, again: Again) -> None:
    editor(copy)
    while faults := _faults(copy, file):
        if not again(faults):
            raise SettingsError(faults)
        editor(copy)


def _copy(target: Path, text: str) -> Path:
    try:
        if not target.parent.is_dir():
            private_folder(target.parent)
        number, name = tempfile.mkstemp(".toml", f"{target.stem}.edited-", target.parent)
        with os.fdopen(number, "w", encoding="utf-8") as copy:
            copy.write(text)
    except OSError as error:
        raise SettingsError(
            _(
                "{parent}: can't be written: {strerror}",
                parent=target.parent,
                strerror=retold(error.strerror or ""),
            )
        ) from error
    except PlaceError as error:
        raise SettingsError(str(error)) from error
    return Path(name)


def _faults(copy: Path, file: Path) -> str:
    from tui.services.settings.layers import user_layers

    try:
        text = read_text(copy)
        if text is None:
            return _("{file}: the editor deleted the text", file=file)
        user_layers(Document.parse(text, file))
    except SettingsError as error:
        return str(error)
    return ""


def _replace(target: Path, before: str | None, copy: Path) -> bool:
    if before is not None and _holds(copy, before):
        copy.unlink()
        return False
    if read_text(target) != before:
        raise SettingsError(_("{target}: was changed by somebody else meanwhile", target=target))
    with suppress(FileNotFoundError):
        shutil.copymode(target, copy)
    copy.replace(target)
    return True


def _holds(copy: Path, text: str) -> bool:
    with suppress(SettingsError):
        return read_text(copy) in {None, text}
    return False
