"""The commands that keep the gateway's key."""

import os
import sys
from typing import TYPE_CHECKING, TextIO

import click

from tui.cli import exits
from tui.cli.output import is_terminal, note, say, say_json
from tui.core.language import _
from tui.core.widths import labelled
from tui.services.keys import (
    KEY_VARIABLE,
    BadKeyError,
    Key,
    find_key,
    forget_key,
    no_key,
    store_key,
)
from tui.services.settings import Settings

if TYPE_CHECKING:
    from tui.cli.context import Cli

_MOST_READ = 8192
_RAW = {"ignore_unknown_options": True}  # a key may begin with a hyphen


@click.group()
def key() -> None:
    """Keep the gateway's key: in the system's keyring, or in a file for you alone."""


@key.command("set", context_settings=_RAW)
@click.argument("extra", nargs=-1, type=click.UNPROCESSED, metavar="")
@click.pass_obj
def set_key(cli: "Cli", extra: tuple[str, ...]) -> None:
    """Store a key, typed at a hidden prompt or read from standard input."""
    if extra:
        raise click.UsageError(
            _(
                "A key is never taken from the command line, where other users and the shell's "
                "history can read it. Run `imagedeck key set` and type it, or pipe it in."
            )
        )
    settings = _settings(cli)
    try:
        given = Key(_read(sys.stdin, settings))
    except BadKeyError as error:
        raise click.UsageError(str(error)) from error
    where = store_key(settings, cli.places, given)
    if cli.json:
        say_json({"origin": settings.origin, "stored": where})
        return
    say(
        _(
            "The key {masked} for {origin} is kept in {named}.",
            masked=given.masked,
            origin=settings.origin,
            named=_named(where),
        )
    )
    for stronger, is_set in (
        (KEY_VARIABLE, KEY_VARIABLE in os.environ),
        ("key_command", bool(settings.key_command)),
    ):
        if is_set:
            note(_("Note: {stronger} is set and goes before it.", stronger=stronger))


@key.command()
@click.pass_obj
@click.pass_context
def status(context: click.Context, cli: "Cli") -> None:
    """Say which key is used and where it comes from; exit code 3 when there is none."""
    settings = _settings(cli)
    found = find_key(settings, os.environ, cli.places)
    if cli.json:
        record = {
            "origin": settings.origin,
            "profile": settings.profile,
            "source": found.source if found else None,
            "key": found.key.masked if found else None,
        }
        say_json(record)
    elif found:
        say(labelled(_("key"), found.key.masked, 9))
        say(labelled(_("source"), _named(found.source), 9))
        say(labelled(_("gateway"), settings.origin, 9))
        say(labelled(_("profile"), settings.profile, 9))
    else:
        note(no_key(settings))
    if not found:
        context.exit(exits.KEY)


@key.command()
@click.pass_obj
def forget(cli: "Cli") -> None:
    """Delete the stored key of this gateway and profile."""
    settings = _settings(cli)
    gone = forget_key(settings, cli.places)
    if cli.json:
        say_json({"origin": settings.origin, "forgotten": gone})
    elif gone:
        all_gone = _(" and ").join(_named(place) for place in gone)
        say(
            _(
                "The key for {origin} is gone from {all_gone}.",
                origin=settings.origin,
                all_gone=all_gone,
            )
        )
    else:
        say(
            _(
                "No key was stored for {origin} (profile {profile}).",
                origin=settings.origin,
                profile=settings.profile,
            )
        )


def _settings(cli: "Cli") -> Settings:
    if cli.demo:
        raise click.UsageError(_("--demo needs no key: leave it out to keep the real gateway's."))
    return cli.settings


def _read(stdin: TextIO | None, settings: Settings) -> str:
    if stdin is None or not is_terminal(stdin):
        try:
            return stdin.read(_MOST_READ) if stdin else ""
        except ValueError as error:  # closed, or no text
            raise BadKeyError(_("Standard input holds no text to read a key from.")) from error
    prompt = _("Key for {origin} (it is not shown)", origin=settings.origin)
    return str(click.prompt(prompt, hide_input=True, err=True))


def _named(source: str) -> str:
    return _("the system's keyring") if source == "keyring" else source
