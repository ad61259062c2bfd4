from pathlib import Path

from tui.services.choices import Choices, choose, load_choices


def test_choices_are_kept_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "state" / "choices.json"
    assert load_choices(file) == Choices()
    choose(file, columns=("State", "Cost"))
    choose(file, theme="nord", moved={"preview": -2})
    kept = Choices(columns=("State", "Cost"), theme="nord", moved={"preview": -2})
    assert load_choices(file) == kept
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_broken_counts_as_never_chosen_and_stops_nobody(tmp_path: Path) -> None:
    file = tmp_path / "choices.json"
    for text in ("[]", "{", '{"moved": 3}', '{"hidden": 1}'):
        file.write_text(text)
        assert load_choices(file) == Choices()
    choose(file / "below-a-file.json", theme="nord")
