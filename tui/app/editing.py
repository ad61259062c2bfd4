"""Editing a text in the user's own editor."""

import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tui.core.language import _
from tui.services.keys import without_key

_FALLBACK = "vi"


class EditorError(Exception):
    """The editor can't be started, or said that it failed; the text is as it was."""


def edit_outside(text: str, environ: Mapping[str, str]) -> str:
    """Return the text as the editor in $VISUAL or $EDITOR left it; blocks until that ends.

    Raises EditorError.
    """
    editor = environ.get("VISUAL") or environ.get("EDITOR") or _FALLBACK
    with tempfile.TemporaryDirectory(prefix="imagedeck-") as folder:
        file = Path(folder) / "prompt.txt"
        file.write_text(text, encoding="utf-8")
        try:
            command = [*shlex.split(editor), str(file)]
            code = subprocess.run(command, env=without_key(environ), check=False).returncode
            edited = file.read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            raise EditorError(
                _("{editor}: {error}. Set EDITOR to an editor.", editor=editor, error=error)
            ) from error
    if code:
        raise EditorError(
            _("{editor} ended with code {code}; the prompt is as it was.", editor=editor, code=code)
        )
    # Editors end a file with a line feed; the prompt had none.
    return edited if text.endswith("\n") else edited.removesuffix("\n")


def try_editing(text: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the edited text, or the same one and what went wrong.

    For a suspended app: an error that left it then would leave the app without its screen.
    """
    try:
        return edit_outside(text, environ), ""
    except EditorError as error:
        return text, str(error)
