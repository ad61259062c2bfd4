"""What each field of each model takes, refuses and warns of."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.fault import Fault
from tui.core.model import Model
from tui.core.request import Reference
from tui.core.size import Size
from tui.models import MODELS, find_model
from tui.models.gpt_image import GPT_IMAGE, nearest_size
from tui.models.seedream import SEEDREAM


def _faults(model: str, field: str, value: object) -> tuple[Fault, ...]:
    return find_model(model).validate({"prompt": "x", field: value}).faults


_TAKEN: list[tuple[str, str, Sequence[object]]] = [
    ("seedream", "size", ["1920x1920", "2560x1440", "1600x2848", "2048 × 2048", "3225x3226"]),
    *[
        (gemini, field, values)
        for gemini in ("gemini", "gemini-pro")
        for field, values in [
            ("size", ["1K", "2k", "4K"]),
            ("aspect_ratio", ["1:1", "3:2", "2:3", "3:4", "4:3", "16:9", "9:16"]),
            ("output_format", ["image/png", "image/jpeg"]),
        ]
    ],
    ("gemini", "size", ["0.5K"]),
    ("gemini-pro", "output_format", ["image/webp"]),
    ("gpt", "size", ["1024x1024", "1024x1536", "1920x1088", "3840x2160", "auto", "AUTO"]),
    ("gpt", "size", ["1536x512", "1024x640"]),
    ("gpt", "quality", ["low", "medium", "high", "High"]),
    ("gpt", "n", [1, "1", 4, 10]),
    ("gpt", "background", ["opaque"]),
    ("gpt", "output_format", ["png", "jpeg", "webp"]),
]
_REFUSED = [
    ("seedream", "size", "1024x1024", "1920x1920"),
    ("seedream", "size", "1920x1080", "2560x1440 or 1920x1920"),
    ("seedream", "size", "1919x1920", "1920x1921 or 1920x1920"),
    ("seedream", "size", "100000x1", "1920x1920"),
    ("seedream", "size", "4K", "2048x2048"),
    ("seedream", "size", "auto", "2048x2048"),
    ("seedream", "size", "2048", "2048x2048"),
    ("gemini", "size", "3K", "4K"),
    ("gemini-pro", "size", "8K", "4K"),
    ("gemini", "size", "1024x1024", None),
    ("gemini", "aspect_ratio", "4:5", "3:4"),
    ("gemini-pro", "aspect_ratio", "21:9", "16:9"),
    ("gemini", "aspect_ratio", "square", None),
    ("gemini", "output_format", "png", "image/png"),
    ("gemini-pro", "output_format", "jpg", "image/jpeg"),
    ("gemini", "output_format", "image/gif", "image/png"),
    ("gpt", "size", "2K", "1024x1024"),
    ("gpt", "size", "wide", "1024x1024"),
    ("gpt", "quality", "hi", "high"),
    ("gpt", "quality", "auto", None),
    ("gpt", "n", 0, "1"),
    ("gpt", "n", -3, "1"),
    ("gpt", "n", 1.5, None),
    ("gpt", "n", "two", None),
    ("gpt", "n", True, None),
    ("gpt", "background", "auto", None),
    ("gpt", "background", "transparant", "transparent"),
    ("gpt", "output_format", "jpg", "jpeg"),
    ("gpt", "output_format", "image/webp", "webp"),
    ("gpt", "output_compression", -1, "0"),
    ("gpt", "output_compression", 101, "100"),
    ("gpt", "output_compression", "much", None),
]
_WARNED = [
    ("seedream", "size", "2K", None),
    ("seedream", "size", "3k", None),
    ("seedream", "size", "3226x3226", "3225x3225"),
    ("seedream", "size", "4097x4096", "4096x4095"),
    ("seedream", "size", "10000x500", None),
    ("gemini", "output_format", "image/webp", "image/png"),
    ("gemini-pro", "size", "0.5K", "1K"),
    ("gpt", "size", "1920x1080", "1920x1088"),
    ("gpt", "size", "1000x1000", "1008x1008"),
    ("gpt", "size", "3856x2048", "3840x2032"),
    ("gpt", "size", "3072x512", "1536x512"),
    ("gpt", "size", "64x64", "816x816"),
    ("gpt", "n", 11, "10"),
    ("gpt", "background", "transparent", "opaque"),
    ("gpt", "output_compression", 80, None),
]


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [(model, field, value) for model, field, values in _TAKEN for value in values],
)
def test_taken(model: str, field: str, value: object) -> None:
    assert _faults(model, field, value) == ()


@pytest.mark.parametrize(("model", "field", "value", "nearest"), _REFUSED)
def test_refused(model: str, field: str, value: object, nearest: str | None) -> None:
    fault = _faults(model, field, value)[0]
    assert (fault.is_error, fault.field, fault.nearest) == (True, field, nearest)
    assert str(value) in str(fault)


@pytest.mark.parametrize(("model", "field", "value", "nearest"), _WARNED)
def test_warned_but_sent(model: str, field: str, value: object, nearest: str | None) -> None:
    checked = find_model(model).validate({"prompt": "x", field: value})
    assert checked.request
    fault = checked.warnings[0]
    assert (fault.is_error, fault.field, fault.nearest) == (False, field, nearest)


@pytest.mark.parametrize(("model", "field", "value", "nearest"), _REFUSED + _WARNED)
def test_the_nearest_value_is_valid(
    model: str, field: str, value: object, nearest: str | None
) -> None:
    assert value is not None
    for one in (nearest or "").split(" or ") if nearest else ():
        assert not any(fault.is_error for fault in _faults(model, field, one))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
@pytest.mark.parametrize("prompt", ["", "  \n", None, 5])
def test_a_blank_prompt_is_refused_everywhere(model: Model, prompt: object) -> None:
    checked = model.validate({"prompt": prompt})
    assert [fault.field for fault in checked.errors] == ["prompt"]


@pytest.mark.parametrize(
    ("model", "field"),
    [("seedream", "n"), ("gemini", "quality"), ("gemini-pro", "n"), ("gpt", "aspect_ratio")],
)
def test_a_field_of_another_model_is_refused(model: str, field: str) -> None:
    (fault,) = _faults(model, field, "1")
    assert fault.is_error
    assert "has no such field; it takes prompt, size" in fault.rule


@pytest.mark.parametrize("model", ["gemini", "gemini-pro", "gpt"])
def test_only_seedream_takes_references(model: str) -> None:
    reference = Reference(name="cat.png", url="https://example.org/cat.png")
    (fault,) = find_model(model).validate({"prompt": "x"}, [reference]).errors
    assert (fault.field, fault.value) == ("image", "cat.png")
    assert SEEDREAM.validate({"prompt": "x"}, [reference]).request


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "bmp", "tiff", "gif"])
def test_seedream_takes_these_files(kind: str) -> None:
    reference = Reference(
        name="cat", sha256="ab", media_type=f"image/{kind}", bytes=10 * 1024**2, width=16, height=1
    )
    assert SEEDREAM.validate({"prompt": "x"}, [reference] * 14).faults == ()
    assert SEEDREAM.validate({"prompt": "x"}, [reference] * 15).errors


def test_all_faults_of_a_request_come_at_once() -> None:
    wrong = {
        "prompt": " ",
        "size": "huge",
        "quality": "best",
        "n": 0,
        "background": "pink",
        "output_format": "gif",
        "output_compression": 500,
        "seed": 7,
    }
    checked = GPT_IMAGE.validate(wrong)
    assert checked.request is None
    assert {fault.field for fault in checked.errors} == set(wrong)


def test_a_transparent_jpeg_is_warned_of_twice() -> None:
    given = {"prompt": "x", "background": "transparent", "output_format": "jpeg"}
    fields = [fault.field for fault in GPT_IMAGE.validate(given).warnings]
    assert fields == ["background", "output_format"]


@pytest.mark.parametrize("kind", ["jpeg", "webp"])
def test_compression_makes_sense_with_these(kind: str) -> None:
    given = {"prompt": "x", "output_format": kind, "output_compression": 0}
    assert GPT_IMAGE.validate(given).faults == ()


@pytest.mark.parametrize(
    ("model", "fits", "long"),
    [
        ("gpt", "x" * 32_000, "x" * 32_001),
        ("seedream", "猫" * 300, "猫" * 301),
        ("seedream", "𠮷" * 300, "𠮷" * 301),
        ("seedream", "cat " * 600, "cat " * 601),
        ("gemini", "x" * 100_000, None),
    ],
)
def test_long_prompts_are_warned_of_and_sent(model: str, fits: str, long: str | None) -> None:
    assert find_model(model).validate({"prompt": fits}).faults == ()
    if long:
        checked = find_model(model).validate({"prompt": long})
        assert checked.request
        assert [fault.field for fault in checked.warnings] == ["prompt"]


@given(st.integers(1, 999_999), st.integers(1, 999_999))
def test_any_size_has_a_nearest_one_that_gpt_takes(width: int, height: int) -> None:
    assert _faults("gpt", "size", str(nearest_size(Size(width, height)))) == ()


@given(st.integers(1, 999_999), st.integers(1, 999_999))
def test_any_small_size_has_nearest_ones_that_seedream_takes(width: int, height: int) -> None:
    for fault in _faults("seedream", "size", f"{width}x{height}"):
        for near in (fault.nearest or "1920x1920").split(" or "):
            assert all(not other.is_error for other in _faults("seedream", "size", near))
