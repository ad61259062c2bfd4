"""The language in which people are spoken to: English as the code has it, or an installed one.

It is installed before any other module of ours is imported, so texts of modules and classes may
be translated where they stand. What is written down, for programs or for later, stays English.
"""

TYPE_CHECKING = False  # the module typing alone takes half as long as Python's start
if TYPE_CHECKING:
    from typing import Protocol

    class Catalog(Protocol):
        """Translations by their English text; what has none comes back as it is."""

        @property
        def written(self) -> list[str]:
            """The English texts that are written down with `english`."""

        def __hash__(self) -> int: ...
        def gettext(self, message: str) -> str: ...  # noqa: D102 - gettext's own names
        def ngettext(self, msgid1: str, msgid2: str, n: int) -> str: ...  # noqa: D102
        def pgettext(self, context: str, message: str) -> str: ...  # noqa: D102


LANGUAGES = ("auto", "en", "zh")  # what may be asked for
WRITTEN = "written"  # the context of texts that are written down in English

_installed: "Catalog | None" = None


def install(catalog: "Catalog | None") -> None:
    """Speak by these translations from now on; None: English."""
    global _installed  # noqa: PLW0603 - a process speaks one language
    _installed = catalog


def installed() -> "Catalog | None":
    """Return the translations in use, None for English."""
    return _installed


def _(message: str, /, **values: object) -> str:
    """Return a text in the language installed, its `{placeholders}` filled in."""
    # The empty text is where a catalog keeps what it is itself.
    said = _installed.gettext(message) if _installed and message else message
    return said.format(**values) if values else said


def sense(context: str, message: str, /) -> str:
    """Return a word that English has for several things, in the sense of the context."""
    return message if _installed is None else _installed.pgettext(context, message)


def plural(one: str, many: str, number: int, /, **values: object) -> str:
    """Return the text for that number of things; `{number}` is filled in, too."""
    if _installed is None:
        said = one if number == 1 else many
    else:
        said = _installed.ngettext(one, many, number)
    return said.format(number=number, **values)


def marked(message: str, /) -> str:
    """Mark a text that is translated where it is shown: `_(name_of_a_constant)`."""
    return message


def english(message: str, /, **values: object) -> str:
    """Return a text in English, for what is written down; `retold` says it to a reader."""
    return message.format(**values) if values else message
