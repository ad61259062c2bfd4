"""Text as words that can be searched."""

import re
import unicodedata

_MOST_TERMS = 32
_MOST_TEXT = 1000
# Scripts written without blanks, as well as pictographs: each character is a word of its own.
_SINGLE = (
    "[\u2600-\u27bf\u2b00-\u2bff\u2e80-\u2fdf\u3005-\u3007\u3040-\u312f\u3131-\u318f\u31a0-\u31bf"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
_WORD = rf"{_SINGLE}|(?:(?!{_SINGLE})[^\W_])+"  # compiled when needed: that takes two milliseconds
_PLAIN_WORD = re.compile("[a-z0-9]+")
_ACCENTS = re.compile("[\u0300-\u036f]")


def words_of(text: str) -> str:
    """Return the words of a text, folded, each with a blank before it: what is indexed."""
    if text.isascii():  # the same, in a third of the time
        return "".join(f" {word}" for word in _PLAIN_WORD.findall(text.lower()))
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    folded = unicodedata.normalize("NFKC", _ACCENTS.sub("", plain))
    return "".join(f" {word}" for word in re.findall(_WORD, folded))


def terms_of(text: str) -> list[str]:
    """Return what to look for: each blank-separated part as a run of words, the last a prefix.

    Empty when there is no word in the text, so that nothing can be found.
    """
    parts = (words_of(part) for part in text[:_MOST_TEXT].split())
    return [part for part in parts if part][:_MOST_TERMS]
