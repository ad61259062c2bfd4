"""The word lists that prompts name as `__animal__`, a text file each."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from tui.core.language import _
from tui.core.retelling import retold
from tui.core.text import clean

_MOST_BYTES = 4 * 1024**2


class WordListError(LookupError):
    """A list that can't be used; the message says where it belongs or what is wrong with it."""


class WordLists:
    """Reads lists from a folder: an entry a line; blank lines and those with # are left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, name: str) -> Sequence[str]:
        """Return the entries of a list; raises WordListError."""
        path = self._folder / f"{name}.txt"
        try:
            with path.open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                raise WordListError(
                    _(
                        "{path} has more than {most_bytes} MB",
                        path=path,
                        most_bytes=_MOST_BYTES // 1024**2,
                    )
                )
            lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
        except FileNotFoundError:
            raise WordListError(self._missing(name, path)) from None
        except OSError as error:
            raise WordListError(
                _(
                    "{path} can't be read: {strerror}",
                    path=path,
                    strerror=retold(error.strerror or ""),
                )
            ) from error
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise WordListError(
                _("{path}, line {line}, is not UTF-8 text", path=path, line=line)
            ) from error
        return [line for line in lines if line and not line.startswith("#")]

    def names(self) -> list[str]:
        """Return the names of all lists there are."""
        found = self._folder.rglob("*.txt")
        return sorted(str(one.relative_to(self._folder).with_suffix("")) for one in found)

    def _missing(self, name: str, path: Path) -> str:
        near = get_close_matches(name, self.names(), n=1)
        hint = (
            _("did you mean __{near}__?", near=clean(near[0]))
            if near
            else _("make it, an entry a line")
        )
        return _("there is no word list {path}; {hint}", path=path, hint=hint)
