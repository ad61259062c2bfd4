"""The choice of the language: a variable, the setting, or gettext's own variables."""

import os

from tui.core import language

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE = "IMAGEDECK_LANGUAGE"
AUTO, ENGLISH, CHINESE = language.LANGUAGES
_FOLDERS = {CHINESE: "zh_CN"}


def wanted(environ: "Mapping[str, str]") -> str:
    """Return the language that the environment asks for, in gettext's order.

    A locale without a language (C, POSIX) means English, whatever LANGUAGE says.
    """
    if (own := environ.get(VARIABLE, "").strip().casefold()) in _FOLDERS or own == ENGLISH:
        return own
    variables = ("LC_ALL", "LC_MESSAGES", "LANG")
    locale = next((environ[one] for one in variables if environ.get(one)), "C")
    if _language(locale) in {"c", "posix"}:
        return ENGLISH
    for one in (*environ.get("LANGUAGE", "").split(":"), locale):
        if (code := _language(one)) in _FOLDERS or code == ENGLISH:
            return code
    return ENGLISH


def setting(file: "Path") -> str:
    """Return what the user's settings file says, "" where it says nothing that can be read."""
    try:
        text = file.read_text("utf-8")
    except (OSError, ValueError):
        return ""
    if "language" not in text:  # nor is the parser loaded
        return ""
    import tomllib

    try:
        said = tomllib.loads(text).get("language", "")
    except tomllib.TOMLDecodeError:  # the settings' own reader says what is wrong
        return ""
    return said if said in language.LANGUAGES and said != AUTO else ""


def speak(code: str, encoding: str | None) -> None:
    """Speak a language from now on.

    English where the output's encoding can't carry it, or the translations can't be read.
    """
    is_english = code not in _FOLDERS or not _carries(encoding)
    if is_english and language.installed() is None:
        return
    from tui.services.catalog import lend, read_catalog

    try:
        catalog = None if is_english else read_catalog(_file(code))
    except (OSError, ValueError):
        catalog = None
    lend(catalog)
    language.install(catalog)


def _file(code: str) -> str:
    top = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib takes as long as all
    return f"{top}/locale/{_FOLDERS[code]}/LC_MESSAGES/imagedeck.mo"


def _language(locale: str) -> str:
    """Return the language of a locale: `zh` for zh_CN.UTF-8, zh-Hans, zh_TW@radical."""
    for sign in ("@", ".", "-", "_"):
        locale = locale.partition(sign)[0]
    return locale.strip().casefold()


def _carries(encoding: str | None) -> bool:
    try:
        "中文：提示词…".encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True
