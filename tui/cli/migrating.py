"""What becomes different with a job that goes to a shared database."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tui.cli.errors import RefusedError
from tui.cli.output import note
from tui.core.bucket import Bucket
from tui.core.job import ANY_KEY
from tui.core.language import _
from tui.core.text import one_line
from tui.services.keys import ApiKeyError, carried, find_key, fingerprint
from tui.services.places import current_folder
from tui.services.settings import SettingsError, load_settings

if TYPE_CHECKING:
    from tui.cli.context import Cli
    from tui.services.keys import Key
    from tui.services.settings import Settings


class Changes:
    """What becomes different with a job: it says whose it is, and another salt is in use.

    `keys` are those that are here, by profile.
    """

    def __init__(
        self, settings: "Settings", keys: "Mapping[str, Key]", here: bytes, there: bytes
    ) -> None:
        self._known = {fingerprint(key, here): fingerprint(key, there) for key in keys.values()}
        self._payers = {name: fingerprint(key, there) for name, key in keys.items()}
        self._others = ANY_KEY if settings.any_key else None
        self._here = here
        self._user = settings.user
        self._profile = settings.profile
        self._bucket = str(settings.output_dir) if isinstance(settings.output_dir, Bucket) else None

    def __call__(self, job: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the columns of a job that are others there."""
        mark = job["fingerprint"]
        # Of a key that isn't here: whoever has it can still tell that it is the one.
        return {
            "fingerprint": mark and (self._known.get(mark) or carried(mark, self._here)),
            "submitter": job["submitter"] or self._user,
            # Who pays for what is sent from there is who would have paid for it here.
            "key": job["key"] or self._payers.get(job["profile"]) or self._others,
            "folder": self._folder_of(job),
        }

    def _folder_of(self, job: Mapping[str, Any]) -> object:
        """Return where a job's images go: whoever saves them may not have this user's folders."""
        is_to_come = job["live"] and job["files"] == "[]" and job["profile"] == self._profile
        return self._bucket if self._bucket and is_to_come else job["folder"]


def check_payers(cli: "Cli", unpaid: "Iterable[str]", keys: "Mapping[str, Key]") -> None:
    """Raise RefusedError where jobs are yet to be sent of which nobody could say who pays."""
    lacking = [name for name in unpaid if name not in keys]
    if lacking and not cli.settings.any_key:
        raise RefusedError(
            _(
                "Jobs of profile {profile} wait to be sent, and there is no key of it here: there, "
                "anybody's would pay for them. Give it one (`imagedeck --profile {profile} key "
                "set`), drop them, or set any_key = true, which says so.",
                profile=one_line(lacking[0]),
            )
        )


def keys_of(cli: "Cli", profiles: Iterable[str]) -> "Iterator[tuple[str, Key]]":
    """Yield the keys of these profiles, as far as they are here, each with its profile."""
    for name in profiles:
        flags = cli.flags if name == cli.settings.profile else {"profile": name}
        try:
            settings = load_settings(flags, os.environ, current_folder(), cli.places)
            found = find_key(settings, os.environ, cli.places)
        except (SettingsError, ApiKeyError) as error:
            note(_("Profile {name}: {why}", name=one_line(name), why=error))
            continue
        if found:
            yield name, found.key
