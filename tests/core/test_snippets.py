import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.snippets import added, between


@pytest.mark.parametrize(
    ("prompt", "snippet", "whole"),
    [
        ("a cat", "soft light", "a cat, soft light"),
        ("a cat, ", "soft light", "a cat, soft light"),
        ("A cat.\n", " soft light ", "A cat. soft light"),
        ("一只猫", "水彩", "一只猫，水彩"),
        ("一只猫。", "水彩", "一只猫。水彩"),
        ("a cat", "{prompt} as a poster", "a cat as a poster"),
        ("", "soft light", "soft light"),
    ],
)
def test_a_snippet_goes_behind_a_prompt_or_around_it(prompt: str, snippet: str, whole: str) -> None:
    assert added(prompt, snippet) == whole


@pytest.mark.parametrize(
    ("before", "after", "piece"),
    [
        ("a cat", ", at night", ", soft light"),
        ("a cat ", "", "soft light"),
        ("a cat,", "at night", " soft light, "),
        ("first line\n", "", "soft light"),
        ("a cat (", ")", "soft light"),
        ("", "a cat", "soft light, "),
    ],
)
def test_at_the_cursor_it_gets_the_commas_that_are_missing(
    before: str, after: str, piece: str
) -> None:
    assert between(before, "soft light", after) == piece


@given(st.text(), st.text(), st.text())
def test_nothing_of_it_is_lost(before: str, snippet: str, after: str) -> None:
    assert snippet.strip() in between(before, snippet, after)
