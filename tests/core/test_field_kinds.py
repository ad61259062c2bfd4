from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.fault import Fault, Severity
from tui.core.fields import Choice, Field, Pixels, Prompt, RefusedError, Whole, shown

_ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)
_WHOLE = Whole(name="n", help="", minimum=1, advised=10)
_BOUNDED = Whole(name="output_compression", help="", minimum=0, maximum=100)
_RATIO = Choice(name="aspect_ratio", help="", choices=("1:1", "3:2", "3:4", "16:9"))
_CLASS = Choice(name="size", help="", choices=("0.5K", "1K", "2K", "4K"))
_MEDIA = Choice(name="output_format", help="", choices=("image/png", "image/jpeg", "image/webp"))
_PIXELS = Pixels(name="size", help="", words={"auto": None, "2K": "warned"}, examples=("8x9",))


def _refused(field: Field, raw: object) -> Fault:
    with pytest.raises(RefusedError) as refused:
        field.read(raw)
    return refused.value.fault


@given(st.sampled_from([Prompt(), _WHOLE, _BOUNDED, _RATIO, _CLASS, _MEDIA, _PIXELS]), _ANYTHING)
def test_whatever_is_given_is_read_or_refused_by_name(field: Field, raw: object) -> None:
    with suppress(RefusedError):
        value = field.read(raw)
        assert field.read(value) == value
        assert all(fault.field == field.name for fault in field.check(value))
        return
    fault = _refused(field, raw)
    assert (fault.field, fault.is_error) == (field.name, True)


@pytest.mark.parametrize(
    ("raw", "number"),
    [(3, 3), ("3", 3), (" +3 ", 3), (3.0, 3), ("007", 7)],
)
def test_whole_numbers(raw: object, number: int) -> None:
    assert _WHOLE.read(raw) == number


@pytest.mark.parametrize(
    "raw", [True, 2.5, "2.5", "two", "", "-+5", "+-5", "--5", "٣", "9" * 19, None, float("nan"), []]
)
def test_no_whole_numbers(raw: object) -> None:
    assert "must be a whole number (1–10)" in _refused(_WHOLE, raw).rule


@pytest.mark.parametrize(
    ("field", "raw", "nearest"),
    [(_WHOLE, 0, "1"), (_WHOLE, "-7", "1"), (_BOUNDED, 101, "100"), (_BOUNDED, -1, "0")],
)
def test_numbers_out_of_bounds(field: Field, raw: object, nearest: str) -> None:
    assert _refused(field, raw).nearest == nearest


def test_a_number_past_advice_is_taken_with_a_warning() -> None:
    (fault,) = _WHOLE.check(_WHOLE.read(11))
    assert (fault.severity, fault.nearest) == (Severity.WARNING, "10")
    assert not list(_WHOLE.check(10))
    assert not list(_BOUNDED.check(100))


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [(_CLASS, "2k", "2K"), (_MEDIA, " IMAGE/PNG ", "image/png"), (_RATIO, "16:9", "16:9")],
)
def test_words_whatever_their_case(field: Field, raw: str, value: str) -> None:
    assert field.read(raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "nearest"),
    [
        (_CLASS, "3K", "4K"),
        (_CLASS, "8k", "4K"),
        (_CLASS, "512", "0.5K"),
        (_CLASS, 2048, "2K"),
        (_CLASS, "large", None),
        (_CLASS, "...", None),
        (_RATIO, "4:5", "3:4"),
        (_RATIO, "21:9", "16:9"),
        (_RATIO, "1:0", "1:1"),
        (_RATIO, "wide", None),
        (_MEDIA, "png", "image/png"),
        (_MEDIA, "jpg", "image/jpeg"),
        (_MEDIA, "image/wepb", "image/webp"),
    ],
)
def test_the_nearest_word(field: Field, raw: object, nearest: str | None) -> None:
    fault = _refused(field, raw)
    assert fault.nearest == nearest
    assert "must be one of" in fault.rule


def test_sizes_and_their_words() -> None:
    assert _PIXELS.read("640 × 480") == "640x480"
    assert _PIXELS.read("AUTO") == "auto"
    assert [fault.rule for fault in _PIXELS.check("2K")] == ["warned"]
    assert not list(_PIXELS.check("auto"))
    assert not list(_PIXELS.check("never read"))
    fault = _refused(_PIXELS, "big")
    assert (fault.rule, fault.nearest) == ("must be WIDTHxHEIGHT in pixels or auto or 2K", "8x9")
    assert _refused(Pixels(name="size", help=""), "big").nearest is None


def test_a_prompt_is_kept_as_it_was_written() -> None:
    assert Prompt().read("  a\ncat \x1b[0m[/x]") == "  a\ncat \x1b[0m[/x]"


@pytest.mark.parametrize("raw", ["", " \n\t", None, 7, ["a cat"]])
def test_no_prompt(raw: object) -> None:
    assert "must not be empty" in _refused(Prompt(), raw).rule


def test_half_a_character_is_refused() -> None:
    assert "lone surrogate" in _refused(Prompt(), "a \ud83d").rule


def test_advice_on_a_prompt_is_a_warning() -> None:
    advised = Prompt(advice=lambda prompt: "is long" if len(prompt) > 3 else None)
    assert [str(fault) for fault in advised.check("long")] == ["prompt: is long"]
    assert not list(advised.check("ok"))


def test_flags_and_what_they_allow() -> None:
    assert _MEDIA.flag == "--output-format"
    assert _RATIO.allowed == "1:1 | 3:2 | 3:4 | 16:9"
    assert _RATIO.suggestions == _RATIO.choices
    assert _WHOLE.allowed == "1–10"
    assert _BOUNDED.allowed == "0–100"
    assert Whole(name="n", help="", minimum=1).allowed == "≥ 1"
    assert _PIXELS.allowed == "WxH | auto | 2K"
    assert Pixels(name="size", help="", bounds="≥ 9").allowed == "WxH (≥ 9)"
    assert _PIXELS.suggestions == ("8x9",)
    assert Prompt().allowed == "text, required"
    assert _WHOLE.suggestions == ()
    assert not list(Field(name="x", help="").check("y"))


def test_a_field_without_a_kind_says_nothing() -> None:
    bare = Field(name="x", help="")
    with pytest.raises(NotImplementedError):
        bare.read("y")
    with pytest.raises(NotImplementedError):
        print(bare.allowed)


def test_faults_in_words() -> None:
    assert str(Fault("size", "1x1", "is small", "2x2")) == "size: '1x1': is small (nearest: 2x2)"
    assert str(Fault("prompt", "", "must not be empty")) == "prompt: must not be empty"
    assert "\x1b" not in str(Fault("size", "\x1b[2J", "is odd"))


def test_long_values_are_shortened() -> None:
    assert shown("x" * 61) == "x" * 57 + "…"
    assert shown("x" * 60) == "x" * 60
    assert shown(["a"]) == "['a']"
