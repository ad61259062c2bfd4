"""What is told of one setting."""

from dataclasses import dataclass

from tui.services.settings.load import FLAGS, VARIABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One setting: its name in the file, lines that set it, its default and meaning in words.

    `places` are the tables and files that may hold it besides the user's own file.
    """

    name: str
    example: str
    default: str
    help: str
    places: tuple[str, ...] = ()

    @property
    def row(self) -> str:
        """Its row in the documentation's table."""
        flag, variable = (_code(words.get(self.name)) for words in (FLAGS, VARIABLES))
        places = ", ".join(("user file", *self.places))
        default, meaning = self.default.replace("|", "\\|"), self.help.replace("|", "\\|")
        return f"| `{self.name}` | {flag} | {variable} | {places} | {default} | {meaning} |"


def _code(word: str | None) -> str:
    return f"`{word}`" if word else "–"
