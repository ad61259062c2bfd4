"""The images of jobs as files of this machine, for whoever is not on the engine's thread."""

from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tui.core.job import Saved
from tui.core.language import english
from tui.services.fetching import fetch_all
from tui.services.files import StorageError
from tui.services.store.originals import Originals

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from concurrent.futures import Future

T = TypeVar("T")


class Call(Protocol):
    """Has something done on a loop that goes on meanwhile."""

    def __call__(self, coroutine: "Coroutine[Any, Any, T]", /) -> "Future[T]":
        """Return at once; the outcome comes later."""


class OnHand:
    """Has things done by `call`, on the loop that the originals belong to."""

    def __init__(self, call: Call, originals: Originals) -> None:
        self._call = call
        self._originals = originals

    def local(self, saved: Saved) -> "Future[Path]":
        """Return the path of an image, perhaps of a copy that is made of it; see Originals."""
        return self._call(self._originals.local(saved.path, saved.sha256))

    def original(self, saved: Saved) -> Path:
        """Wait for the path of an image that has its sidecar beside it; see Originals.both."""
        coming = self._call(self._originals.both(saved.path, saved.sha256))
        try:
            return coming.result()
        except CancelledError as error:  # somebody wants to leave
            raise StorageError(
                english("Interrupted before {place} was here.", place=saved.path)
            ) from error

    def fetch(self, files: "Sequence[Saved]", folder: Path) -> "Future[list[Path | StorageError]]":
        """Copy images into a folder; see fetching."""
        return self._call(fetch_all(files, folder.absolute(), self._originals))
