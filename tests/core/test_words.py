"""Text as words that can be searched."""

from string import printable

from hypothesis import given
from hypothesis import strategies as st

from tui.core.matching import has_words
from tui.core.words import words_of


class Looked(str):
    """A text that counts how often it is cut into words."""

    __slots__ = ("times",)

    def isascii(self) -> bool:
        """Count: it is the first thing that is asked."""
        self.times = getattr(self, "times", 0) + 1
        return super().isascii()


@given(st.text(printable))
def test_plain_text_has_the_words_that_it_has_beside_other_text(text: str) -> None:
    assert words_of(f"{text} é灯塔") == f"{words_of(text)} e 灯 塔"


def test_a_prompt_is_cut_into_words_once_however_many_letters_are_typed() -> None:
    prompt = Looked("A lighthouse, seen once only in this test")
    for end in range(1, 6):
        assert has_words(prompt, "light"[:end])
    assert prompt.times == 1
