from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.services.places import Places
from tui.services.settings import SettingsError, load_settings
from tui.services.settings.presets import check_preset_name, save_preset, saved_presets
from tui.services.settings.values import Preset

POSTER = Preset(model="gpt-image-2", values={"size": "1024x1536", "n": 2})
SKETCH = Preset(model="seedream-5.0-lite", values={"size": "2K"}, references=("a.png", 'b".png'))
_NAMES = st.text(min_size=1, max_size=64).filter(lambda name: not check_preset_name(name))


def places_in(folder: Path) -> Places:
    return Places(config=folder, data=folder, state=folder, images=folder / "images")


def test_saved_ones_are_there_beside_the_settings_own_which_go_before(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    save_preset(places.presets_file, "poster", SKETCH)
    save_preset(places.presets_file, "sketch", SKETCH)
    save_preset(places.presets_file, "poster", POSTER)
    assert load_settings({}, {}, tmp_path, places).presets == {"poster": POSTER, "sketch": SKETCH}
    places.config_file.write_text('[presets.sketch]\nmodel = "gpt"\nquality = "low"\n')
    assert load_settings({}, {}, tmp_path, places).presets["sketch"].model == "gpt-image-2"
    assert places.presets_file.stat().st_mode & 0o777 == 0o600


@given(name=_NAMES, text=st.text(max_size=50).filter(str.strip))
def test_any_name_and_any_prompt_come_back(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str
) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    file = tmp_path_factory.mktemp("settings") / "presets.toml"
    preset = Preset(model="gpt-image-2", values={"prompt": text})
    save_preset(file, name, preset)
    assert [one.value for one in saved_presets(file).values()] == [preset]


def test_a_broken_file_is_told_with_its_line_and_never_written_over(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    places.presets_file.write_text('[presets.x]\nmodel = "dalle"\n')
    with pytest.raises(SettingsError, match=r"presets.toml:2: presets.x.model: There is no model"):
        load_settings({}, {}, tmp_path, places)
    with pytest.raises(SettingsError):
        save_preset(places.presets_file, "poster", POSTER)
    assert "dalle" in places.presets_file.read_text()
