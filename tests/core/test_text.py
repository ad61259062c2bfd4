import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.text import clean, disarm, one_line

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("\x1b\x07\x9b\x85\r\n\t\ufeff" + _BIDI))
)


def _is_harmless(char: str) -> bool:
    tag = 0xE0000 <= ord(char) <= 0xE007F
    separator = char in "\u2028\u2029\ufeff"
    return (
        unicodedata.category(char) not in {"Cc", "Cs"}
        and char not in _BIDI + ""
        and not (tag or separator)
    )


@given(_NASTY)
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    assert all(_is_harmless(char) for char in clean(text))
    assert all(_is_harmless(char) for char in one_line(text))


@given(_NASTY)
def test_lines_keep_line_feeds_and_tabs_only(text: str) -> None:
    shown = clean(text, lines=True)
    assert all(_is_harmless(char) or char in "\n\t" for char in shown)
    assert shown.count("\n") == text.count("\n")


@given(_NASTY, st.integers(1, 40))
def test_never_longer_than_asked(text: str, most: int) -> None:
    assert len(clean(text, most)) <= most
    assert len(one_line(text, most)) <= most


@given(_NASTY)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(_NASTY)
def test_disarmed_text_keeps_its_length_and_its_lines(text: str) -> None:
    harmless = disarm(text)
    assert len(harmless) == len(text)
    assert all(_is_harmless(char) or char in "\n\t" for char in harmless)
    assert harmless.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("foreign", "shown"),
    [
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202egnp.exe", "a\\u{202e}gnp.exe"),
        ("tag \U000e0041", "tag \\u{e0041}"),
        ("half \ud83d", "half \\u{d83d}"),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("月の猫 🐈 l'été", "月の猫 🐈 l'été"),
        ("e\u0301", "é"),
    ],
)
def test_controls_become_visible(foreign: str, shown: str) -> None:
    assert clean(foreign) == shown


def test_a_cut_text_says_so() -> None:
    assert clean("abcdef", 4) == "abc…"
    assert clean("abcd", 4) == "abcd"
    assert clean("\x1b" * 9, 6) == "\\x1b\\…"


def test_one_line_folds_white_space() -> None:
    assert one_line("  a\n\tb\r\n  c ") == "a b c"
    assert one_line("a\u2028b\u0085c") == "a b c"
