import pytest

from tui.core.picture import Picture
from tui.core.units import amount, lasted


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (-1, "0s"),
        (0.9, "0s"),
        (59.9, "59s"),
        (60, "1m00s"),
        (187, "3m07s"),
        (3599, "59m59s"),
        (7500, "2h05m"),
        (86_399, "23h59m"),
        (356_400, "4d03h"),
    ],
)
def test_durations(seconds: float, shown: str) -> None:
    assert lasted(seconds) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (812, "812 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_950, "1.0 MB"),
        (3_200_000, "3.2 MB"),
        (5_000_000_000_000_000, "5000.0 TB"),
    ],
)
def test_amounts(count: int, shown: str) -> None:
    assert amount(count) == shown


def test_a_picture_has_four_bytes_a_pixel() -> None:
    assert Picture(2, 1, b"rgbargba").width == 2
    with pytest.raises(ValueError, match="7 bytes are not 2x1 pixels"):
        Picture(2, 1, b"rgbargb")
    with pytest.raises(ValueError, match="0x1 has no pixels"):
        Picture(0, 1, b"")
