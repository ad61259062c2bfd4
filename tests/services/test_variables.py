from pathlib import Path

import pytest

from tui.core.fields import RefusedError
from tui.services.variables import several


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Oslo", ["Oslo"]),
        (" Oslo | New York|", ["Oslo", "New York"]),
        (r"either \| or | C:\\x", ["either | or", r"C:\x"]),
        ("@{file} | Bern", ["Rome", "Paris", "Bern"]),
    ],
)
def test_several_values_stand_in_one_line(tmp_path: Path, text: str, values: list[str]) -> None:
    file = tmp_path / "places.txt"
    file.write_text("\ufeffRome\n\nParis\n")
    assert several(text.format(file=file), "{{place}}") == values


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "{{place}}: needs a value: several are separated by |"),
        (" | ", "{{place}}: needs a value"),
        ("a | @nowhere.txt", "'@nowhere.txt': can't be read: No such file"),
        ("@\0", "can't be read: no name a file can have"),
    ],
)
def test_what_is_no_value_is_told_with_the_variable(text: str, told: str) -> None:
    with pytest.raises(RefusedError) as error:
        several(text, "{{place}}")
    assert told in str(error.value.fault)
