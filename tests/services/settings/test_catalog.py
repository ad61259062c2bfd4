"""The catalogue agrees with the schema, the code's defaults and the documentation."""

import re
from pathlib import Path

import pytest

from tui.services.places import Places
from tui.services.settings import load_settings
from tui.services.settings.catalog import ENTRIES, starting_text
from tui.services.settings.schema import ProfileTable, ProjectFile, UserFile

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_every_setting_of_the_schema_is_in_it() -> None:
    in_profile = {one.name for one in ENTRIES if "profile" in one.places}
    in_project = {one.name for one in ENTRIES if "project file" in one.places}
    assert {one.name for one in ENTRIES} == set(UserFile.model_fields)
    assert in_profile == set(ProfileTable.model_fields)
    assert in_project == set(ProjectFile.model_fields)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_the_documentation_has_its_row(entry: object) -> None:
    assert entry.row in DOCS.read_text(encoding="utf-8").splitlines()  # type: ignore[attr-defined]


def test_the_first_file_sets_nothing_until_it_is_switched_on(tmp_path: Path) -> None:
    places = Places(config=tmp_path, data=tmp_path, state=tmp_path, images=tmp_path / "images")
    plain = load_settings({}, {}, tmp_path, places)
    places.config_file.write_text(starting_text())
    assert load_settings({}, {}, tmp_path, places) == plain
    places.config_file.write_text(re.sub("(?m)^#(?! )", "", starting_text()))
    shown = load_settings({}, {}, tmp_path, places)
    for name in ("base_url", "template", "profile", "ask_above", "submissions", "polls"):
        assert getattr(shown, name) == getattr(plain, name)
    assert shown.presets
    assert shown.fields
    assert shown.prices
