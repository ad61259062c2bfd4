"""Presets and snippets that the app has saved, in files of their own beside the settings."""

import os
from pathlib import Path

from tui.core.language import _
from tui.core.retelling import retold
from tui.services.places import PlaceError, private_folder
from tui.services.settings.document import read_document
from tui.services.settings.rows import preset_text, snippets_text
from tui.services.settings.values import Layer, Preset, SettingsError

_HEAD = _("# Saved in imagedeck, which writes this file anew when it saves another.\n")
_LONGEST = 64


def saved_in(file: Path, table: str) -> Layer:
    """Read what a file holds of a table; raises SettingsError with a line for each fault."""
    from tui.services.settings.layers import user_layers  # only where there is a file

    document = read_document(file)
    found = user_layers(document).general if document else {}
    return {path: one for path, one in found.items() if path[0] == table}


def check_name(name: str) -> str:
    """Return what is wrong with a name, empty where nothing is."""
    if not name.strip() or not name.isprintable():
        return _("it needs a name")
    return _("at most {longest} characters", longest=_LONGEST) if len(name) > _LONGEST else ""


def save_preset(file: Path, name: str, preset: Preset) -> None:
    """Write a preset beside the others, in the place of an older one of its name.

    Raises SettingsError when the file can't be read or written.
    """
    kept = {path[1]: one.value for path, one in saved_in(file, "presets").items()}
    _write(file, "\n".join(preset_text(*one) for one in sorted({**kept, name: preset}.items())))


def save_snippet(file: Path, name: str, text: str) -> None:
    """Write a snippet beside the others, in the place of an older one of its name.

    Raises SettingsError when the file can't be read or written.
    """
    kept = {path[1]: str(one.value) for path, one in saved_in(file, "snippets").items()}
    _write(file, snippets_text(dict(sorted({**kept, name: text}.items()))))


def _write(file: Path, text: str) -> None:
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    try:
        private_folder(file.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        with os.fdopen(os.open(part, flags, 0o600), "w", encoding="utf-8") as new:
            new.write(f"{_HEAD}\n{text}")
            new.flush()
            os.fsync(new.fileno())
        part.replace(file)
    except PlaceError as error:
        raise SettingsError(str(error)) from error
    except OSError as error:
        raise SettingsError(
            _(
                "{file}: can't be written: {strerror}",
                file=file,
                strerror=retold(error.strerror or ""),
            )
        ) from error
