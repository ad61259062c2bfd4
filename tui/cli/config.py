"""The commands that show and change the settings."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui.cli.output import is_terminal, note, say, say_json
from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.text import clean
from tui.services.keys import ApiKeyError, find_key, without_key
from tui.services.settings import SettingsError
from tui.services.settings.editing import edit as edit_settings
from tui.services.settings.rows import rows

if TYPE_CHECKING:
    from tui.cli.context import Cli

_EDITORS = ("editor", "nano", "vi")
_SAVED, _UNCHANGED = marked("Saved {file}"), marked("Unchanged: {file}")


@click.group()
def config() -> None:
    """Show the settings and where each comes from, or change them."""


@config.command()
@click.pass_obj
def path(cli: "Cli") -> None:
    """Print where the settings file is, or would be."""
    file = cli.places.config_file
    if cli.json:
        say_json({"path": str(file)})
    else:
        say(str(file))


@config.command()
@click.pass_obj
def show(cli: "Cli") -> None:
    """Print all settings in force, each with the flag, variable or file line that set it."""
    key, source = _key(cli)
    if cli.json:
        for row in rows(cli.settings):
            say_json(row.record)
        say_json({"name": "key", "value": key, "source": source})
        return
    say(clean(f"# key: {key or 'none'}  # {source}"))
    table = ""
    for row in rows(cli.settings):
        if row.table != table:
            table = row.table
            say(f"\n[{clean(table)}]")
        say(row.line)


@config.command()
@click.pass_obj
def edit(cli: "Cli") -> None:
    """Open the settings file in $VISUAL or $EDITOR and check it before it is used."""
    file = cli.places.config_file
    changed = edit_settings(file, _open_editor, _edit_again)
    if cli.json:
        say_json({"path": str(file), "changed": changed})
    else:
        say(_(_SAVED if changed else _UNCHANGED, file=file))


def _key(cli: "Cli") -> tuple[str | None, str]:
    """Return a masked key, or None, with its source or why there is none."""
    if cli.demo:
        return None, _("the demo needs none")
    try:
        found = find_key(cli.settings, os.environ, cli.places)
    except ApiKeyError as error:
        return None, str(error)
    return (found.key.masked, found.source) if found else (None, "imagedeck key set")


def _open_editor(file: Path) -> None:
    command = _editor()
    try:
        done = subprocess.run([*command, str(file)], env=without_key(os.environ), check=False)
    except OSError as error:
        raise SettingsError(
            _(
                "The editor {command} can't be started: {strerror}. Set VISUAL or EDITOR.",
                command=command[0],
                strerror=retold(error.strerror or ""),
            )
        ) from error
    if done.returncode:
        raise SettingsError(
            _(
                "The editor {command} ended with code {returncode}.",
                command=command[0],
                returncode=done.returncode,
            )
        )


def _editor() -> list[str]:
    for name in ("VISUAL", "EDITOR"):
        try:
            command = shlex.split(os.environ.get(name, ""))
        except ValueError as error:
            raise SettingsError(
                _("{name}: its quotes don't match; correct it.", name=name)
            ) from error
        if command:
            return command
    found = next((one for one in _EDITORS if shutil.which(one)), None)
    if found is None or not _is_at_terminal():
        raise SettingsError(_("There is no editor to open: set EDITOR to the command of yours."))
    return [found]


def _edit_again(faults: str) -> bool:
    if not _is_at_terminal():
        return False
    note(faults)
    try:
        return click.confirm(_("Edit it again?"), default=True, err=True)
    except click.Abort:
        return False


def _is_at_terminal() -> bool:
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)
