import pytest

from tui.core.difference import Difference, Written, differences

BLANK = Written("gpt", " ", {})
FULL = Written("gpt", "a cat", {"size": "1024x1024", "n": "2"}, ("a.png", "b.png"))


def test_everything_that_changes_is_named_and_nothing_else() -> None:
    after = Written("seedream", "a cat ", {"size": "2048x2048", "quality": "low"}, ("b.png",))
    assert differences(FULL, after) == [
        Difference("model", "gpt", "seedream"),
        Difference("size", "1024x1024", "2048x2048"),
        Difference("quality", "", "low"),
        Difference("n", "2", ""),
        Difference("references", "a.png, b.png", "b.png"),
    ]
    assert differences(FULL, FULL) == []


@pytest.mark.parametrize(
    ("written", "blank"),
    [
        (BLANK, True),
        (FULL, False),
        (Written("gpt", "", {"n": "2"}), False),
        (Written("gpt", "", {}, ("a.png",)), False),
    ],
)
def test_a_form_in_which_nothing_was_written_is_blank(written: Written, *, blank: bool) -> None:
    assert written.is_blank is blank
