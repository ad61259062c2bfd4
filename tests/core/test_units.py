import pytest

from tui.core.picture import Picture
from tui.core.units import amount, lasted


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-3, "0s"),
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m00s"),
        (187, "3m07s"),
        (7500, "2h05m"),
        (90_000, "1d01h"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert lasted(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_951, "1.0 MB"),
        (3_213_456, "3.2 MB"),
        (10**15, "1000.0 TB"),
    ],
)
def test_a_number_of_bytes_is_said_in_thousands(count: int, said: str) -> None:
    assert amount(count) == said


@pytest.mark.parametrize(("width", "height", "bytes_"), [(0, 1, 0), (1, 0, 0), (2, 2, 15)])
def test_a_picture_has_four_bytes_for_each_of_its_pixels(
    width: int, height: int, bytes_: int
) -> None:
    with pytest.raises(ValueError, match="pixels"):
        Picture(width, height, bytes(bytes_))
