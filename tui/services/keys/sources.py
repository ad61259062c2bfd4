"""The sources a key may come from, in their order."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tui.core.language import _
from tui.services.keys import files, ring
from tui.services.keys.command import KEY_VARIABLE, key_from_command
from tui.services.keys.key import BadKeyError, Key
from tui.services.places import Places
from tui.services.settings.values import Settings

_GLANCE = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key with where it came from: the variable's name, `key_command`, `keyring` or a path."""

    key: Key
    source: str


def find_key(settings: Settings, environ: Mapping[str, str], places: Places) -> FoundKey | None:
    """Find the key for the settings' origin and profile: variable, command, keyring, file.

    May take seconds (a command, a keyring to unlock). Raises ApiKeyError when a source that
    was set up on purpose holds no usable key; an unusable keyring is passed over.
    """
    if text := environ.get(KEY_VARIABLE, "").strip():
        try:
            return FoundKey(Key(text), KEY_VARIABLE)
        except BadKeyError as error:
            raise BadKeyError(_("{name}: {rule}", name=KEY_VARIABLE, rule=error)) from error
    if settings.key_command:
        return FoundKey(key_from_command(settings.key_command, environ), "key_command")
    if kept := ring.read(_user(settings)):
        try:
            return FoundKey(Key(kept), "keyring")
        except BadKeyError as error:
            raise BadKeyError(
                _("The keyring: {error} Run `imagedeck key set`.", error=error)
            ) from error
    file = key_file(settings, places)
    found = files.read(file)
    return FoundKey(found, str(file)) if found else None


def key_source(settings: Settings, environ: Mapping[str, str], places: Places) -> str | None:
    """Say where the key would come from: as FoundKey.source; None where there is none.

    No command is run for that, and a locked keyring counts as empty.
    """
    if environ.get(KEY_VARIABLE, "").strip():
        return KEY_VARIABLE
    if settings.key_command:
        return "key_command"
    if ring.read(_user(settings), _GLANCE):
        return "keyring"
    file = key_file(settings, places)
    return str(file) if file.exists() else None


def no_key(settings: Settings) -> str:
    """Say that there is no key and what to do about it."""
    return _(
        "There is no key for {origin} (profile {profile}). Run `imagedeck key "
        "set`, or set {key_variable}. Without a key, --demo works.",
        origin=settings.origin,
        profile=settings.profile,
        key_variable=KEY_VARIABLE,
    )


def store_key(settings: Settings, places: Places, key: Key) -> str:
    """Keep the key for this origin and profile; return `keyring` or the file's path.

    Raises KeyFileError when neither could keep it.
    """
    file = key_file(settings, places)
    if ring.write(_user(settings), key.reveal()):
        files.remove(file)  # an older key would otherwise lie there for ever
        return "keyring"
    files.write(file, key)
    return str(file)


def forget_key(settings: Settings, places: Places) -> tuple[str, ...]:
    """Delete the stored key of this origin and profile; return where there was one."""
    file = key_file(settings, places)
    gone = (("keyring", ring.remove(_user(settings))), (str(file), files.remove(file)))
    return tuple(place for place, was_there in gone if was_there)


def key_file(settings: Settings, places: Places) -> Path:
    """Return the file for this origin and profile, whether it exists or not."""
    host = urlsplit(settings.origin).hostname or ""
    digest = hashlib.sha256(_user(settings).encode()).hexdigest()[:12]
    return places.keys / f"{host.replace(':', '_')}-{digest}"


def _user(settings: Settings) -> str:
    # A key belongs to the origin it was set for: no other origin ever looks it up.
    return f"{settings.profile}@{settings.origin}"
