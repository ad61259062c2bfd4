"""Texts in the language installed, and what was written down, told in it."""

from collections.abc import Iterator

import pytest

from tui.core import language
from tui.core.language import _, english, plural, sense
from tui.core.query import parse
from tui.core.retelling import retold

WORDS = {
    "{at} answered {status}": "{at} 答复 {status}",
    "it {error}": "{error}",
    "is cut off": "不完整",
    "no space": "磁盘已满",
    "{where}: {reason}": "{where}：{reason}",
}


class Backwards:
    """A language that says everything from its end, but for what is written down."""

    def __init__(self) -> None:
        self.written = list(WORDS)

    def __hash__(self) -> int:
        return id(self)

    def gettext(self, message: str) -> str:
        return message[::-1] if "{" not in message else f"<{message}>"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{n} of <{msgid1}|{msgid2}>"

    def pgettext(self, context: str, message: str) -> str:
        return WORDS[message] if context == language.WRITTEN else f"{context}:{message}"


@pytest.fixture
def backwards() -> Iterator[None]:
    language.install(Backwards())
    yield
    language.install(None)


def test_english_is_what_stands_in_the_code() -> None:
    assert _("braces {stay} without values") == "braces {stay} without values"
    assert _("{number:,} of {name!r}", number=1000, name="a") == "1,000 of 'a'"
    assert sense("state", "saved") == "saved"
    said = [plural("{number} job", "{number:,} jobs", number) for number in (0, 1, 2000)]
    assert said == ["0 jobs", "1 job", "2,000 jobs"]
    assert retold("it is cut off") == "it is cut off"


@pytest.mark.usefixtures("backwards")
def test_another_language_says_what_is_shown_and_english_stays_english() -> None:
    assert _("abc") == "cba"
    assert _("{one} two", one=1) == "<1 two>"
    assert _("") == ""
    assert sense("state", "saved") == "state:saved"
    assert plural("a", "b", 2) == "2 of <a|b>"
    assert english("{one} two", one=1) == "1 two"


@pytest.mark.usefixtures("backwards")
@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("example.org answered 404", "example.org 答复 404"),
        ("it is cut off", "不完整"),
        ("a.png: it is cut off", "a.png：不完整"),
        ("a: b answered no space", "a：b 答复 磁盘已满"),
        ("line\nanswered {x} answered 200", "line\nanswered {x} 答复 200"),
        ("the server's own words", "the server's own words"),
        ("", ""),
    ],
)
def test_what_was_written_down_is_told_part_by_part(written: str, told: str) -> None:
    assert retold(written) == told


def test_a_state_is_found_by_its_english_word_in_any_case() -> None:
    (term,) = parse("state:fail")
    assert term.texts == ("failed",)
