"""The files and folders that imagedeck uses."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tui.core.language import _
from tui.core.retelling import retold

_NAME = "imagedeck"
REFERENCES = "refs"  # the folder of references, beside the database


class PlaceError(Exception):
    """A folder that can't be used; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where everything lies; nothing is created by looking it up.

    With `demo`, data and images are apart from the real ones, and `demo_store` is where
    the embedded gateway keeps its own tasks.
    """

    config: Path
    data: Path
    state: Path
    images: Path
    demo: bool = False

    @classmethod
    def standard(cls, *, demo: bool = False) -> Self:
        """Return the system's standard places; the XDG variables move them."""
        import platformdirs

        apart = "demo" if demo else ""
        return cls(
            config=platformdirs.user_config_path(_NAME, appauthor=False),
            data=platformdirs.user_data_path(_NAME, appauthor=False) / apart,
            state=platformdirs.user_state_path(_NAME, appauthor=False),
            images=platformdirs.user_pictures_path() / _NAME / apart,
            demo=demo,
        )

    @property
    def config_file(self) -> Path:
        """The user's settings."""
        return self.config / "config.toml"

    @property
    def lists(self) -> Path:
        """The folder of the word lists that prompts name."""
        return self.config / "lists"

    def saved(self, table: str) -> Path:
        """Return the file of the `presets` or `snippets` that were saved in the app."""
        return self.config / f"{table}.toml"

    @property
    def keys(self) -> Path:
        """The folder of the key files."""
        return self.config / "keys"

    @property
    def database(self) -> Path:
        """The journal."""
        return self.data / f"{_NAME}.db"

    @property
    def references(self) -> Path:
        """Copies of reference images, named by their sha256."""
        return self.data / REFERENCES

    @property
    def quarantine(self) -> Path:
        """Images that were paid for but can't be read."""
        return self.data / "quarantine"

    @property
    def spool(self) -> Path:
        """Images whose own folder or bucket could not be used when they came."""
        return self.data / "spool"

    @property
    def answers(self) -> Path:
        """Answers of the gateway that may be paid for but hold no task id, or no image."""
        return self.data / "answers"

    @property
    def thumbnails(self) -> Path:
        """Small pictures of saved images, which can be made anew."""
        return self.data / "thumbnails"

    @property
    def draft(self) -> Path:
        """The request that was being written when the app was left."""
        return self.state / ("draft-demo.json" if self.demo else "draft.json")

    @property
    def choices(self) -> Path:
        """What was chosen in the app about its looks."""
        return self.state / "choices.json"

    @property
    def demo_store(self) -> Path:
        """The embedded gateway's own folder."""
        return self.data / "gateway"

    @property
    def log_file(self) -> Path:
        """The log."""
        return self.state / f"{_NAME}.log"


def current_folder() -> Path:
    """Return the current folder; raises PlaceError when it has been deleted."""
    try:
        return Path.cwd()
    except OSError as error:
        raise PlaceError(
            _("The current folder is not there any more: go to another one (cd), then try again.")
        ) from error


def private_folder(path: Path) -> Path:
    """Return the folder, created with its parents for this user alone (0700) if need be.

    Raises PlaceError when it can't be created, is a symbolic link, or belongs to another user.
    """
    try:
        _create(path)
        status = path.lstat()
    except OSError as error:
        raise PlaceError(
            _(
                "The folder {path} can't be used: {strerror}. "
                "The XDG variables can name another place.",
                path=path,
                strerror=retold(error.strerror or ""),
            )
        ) from error
    if stat.S_ISLNK(status.st_mode):
        raise PlaceError(
            _(
                "{path} is a symbolic link, which somebody else may have planted: "
                "put a folder in its place.",
                path=path,
            )
        )
    if not stat.S_ISDIR(status.st_mode):
        raise PlaceError(_("{path} is not a folder: move it out of the way.", path=path))
    if status.st_uid != os.geteuid():
        raise PlaceError(
            _(
                "The folder {path} belongs to another user (number {st_uid}): "
                "run imagedeck as that user, or move the folder out of the way.",
                path=path,
                st_uid=status.st_uid,
            )
        )
    return path


def _create(path: Path) -> None:
    # Not `parents=True`, which would create the parents readable for everybody.
    for folder in (*reversed(path.parents), path):
        if not folder.exists() and not folder.is_symlink():
            folder.mkdir(mode=0o700, exist_ok=True)
