import pytest

from tui.core.tags import common, edited, tags_of


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        ("Cover draft", ("cover", "draft")),
        (" #cover,cover; 灯塔  ", ("cover", "灯塔")),
        ('"quoted"', ("quoted",)),
        ("x" * 100, ("x" * 60,)),
        (" ".join(map(str, range(100))), tuple(map(str, range(50)))),
    ],
)
def test_tags_are_read_as_they_are_written(text: str, tags: tuple[str, ...]) -> None:
    assert tags_of(text) == tags


def test_what_several_have_in_common_is_edited_and_the_rest_stays() -> None:
    before = common([("a", "own", "b"), ("b", "a")])
    assert before == ("a", "b")
    assert edited(("a", "own", "b"), before, ("b", "new")) == ("own", "b", "new")
    assert edited(("b", "a"), before, ("b", "new")) == ("b", "new")
