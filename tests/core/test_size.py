import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.size import Size

_SIDES = st.integers(1, 20_000)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("1920x1080", Size(1920, 1080)),
        (" 1920 X 1080 ", Size(1920, 1080)),
        ("1920×1080", Size(1920, 1080)),
        ("1920*1080", Size(1920, 1080)),
        ("0x10", None),
        ("10x0", None),
        ("10", None),
        ("-1x10", None),
        ("1.5x2", None),
        ("1000000x1", None),
        ("1x2x3", None),
        ("auto", None),
        ("", None),
    ],
)
def test_reading(text: str, size: Size | None) -> None:
    assert Size.parse(text) == size


def test_what_it_knows() -> None:
    size = Size(1920, 1080)
    assert (size.pixels, size.ratio, str(size)) == (2_073_600, 16 / 9, "1920x1080")


@given(_SIDES, _SIDES, st.integers(100_000, 20_000_000))
def test_the_same_shape_with_enough_pixels(width: int, height: int, pixels: int) -> None:
    scaled = Size(width, height).at_least(pixels)
    assert scaled.pixels >= pixels
    assert (
        min(scaled.width - 1, scaled.height - 1) * max(scaled.width, scaled.height) < pixels * 1.1
    )


@given(_SIDES, _SIDES, st.integers(100_000, 20_000_000))
def test_the_same_shape_with_no_more_pixels(width: int, height: int, pixels: int) -> None:
    scaled = Size(width, height).at_most(pixels)
    assert scaled.pixels <= max(pixels, scaled.width, scaled.height)
    assert min(scaled.width, scaled.height) >= 1


def test_a_whole_factor_stays_whole() -> None:
    assert Size(1920, 1080).at_least(3_686_400) == Size(2560, 1440)
    assert Size(8192, 8192).at_most(16_777_216) == Size(4096, 4096)
