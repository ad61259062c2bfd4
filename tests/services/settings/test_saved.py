from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.services.places import Places
from tui.services.settings import SettingsError, load_settings
from tui.services.settings.saved import check_name, save_preset, save_snippet, saved_in
from tui.services.settings.values import Preset

POSTER = Preset(model="gpt-image-2", values={"size": "1024x1536", "n": 2})
SKETCH = Preset(model="seedream-5.0-lite", values={"size": "2K"}, references=("a.png", 'b".png'))
_NAMES = st.text(min_size=1, max_size=64).filter(lambda name: not check_name(name))


def places_in(folder: Path) -> Places:
    return Places(config=folder, data=folder, state=folder, images=folder / "images")


def test_saved_ones_are_there_beside_the_settings_own_which_go_before(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    save_preset(places.saved("presets"), "poster", SKETCH)
    save_preset(places.saved("presets"), "sketch", SKETCH)
    save_preset(places.saved("presets"), "poster", POSTER)
    assert load_settings({}, {}, tmp_path, places).presets == {"poster": POSTER, "sketch": SKETCH}
    places.config_file.write_text('[presets.sketch]\nmodel = "gpt"\nquality = "low"\n')
    assert load_settings({}, {}, tmp_path, places).presets["sketch"].model == "gpt-image-2"
    assert places.saved("presets").stat().st_mode & 0o777 == 0o600


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
    assert [one.value for one in saved_in(file, "presets").values()] == [preset]


@given(name=_NAMES, text=st.text(max_size=50).filter(str.strip))
def test_any_snippet_comes_back_beside_the_settings_own_which_go_before(
    tmp_path_factory: pytest.TempPathFactory, name: str, text: str
) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    places = places_in(tmp_path_factory.mktemp("settings"))
    save_snippet(places.saved("snippets"), name, "an older one")
    save_snippet(places.saved("snippets"), name, text)
    assume(name != "ours")
    save_snippet(places.saved("snippets"), "ours", "saved")
    places.config_file.write_text('[snippets]\nours = "set"\n')
    found = load_settings({}, {}, places.config, places)
    assert found.snippets == {name: text, "ours": "set"}
    assert found.source(f"snippets.{name}").startswith(str(places.saved("snippets")))


def test_a_snippet_that_says_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    places.config_file.write_text('[snippets]\na = "soft light"\nb = " "\nc = 3\n')
    with pytest.raises(SettingsError) as told:
        load_settings({}, {}, tmp_path, places)
    lines = str(told.value).splitlines()
    assert 'config.toml:3: snippets.b: must say something, such as "loose' in lines[0]
    assert "config.toml:4: snippets.c: must be text in quotes" in lines[1]


def test_a_broken_file_is_told_with_its_line_and_never_written_over(tmp_path: Path) -> None:
    places = places_in(tmp_path)
    places.saved("presets").write_text('[presets.x]\nmodel = "dalle"\n')
    with pytest.raises(SettingsError, match=r"presets.toml:2: presets.x.model: There is no model"):
        load_settings({}, {}, tmp_path, places)
    with pytest.raises(SettingsError):
        save_preset(places.saved("presets"), "poster", POSTER)
    assert "dalle" in places.saved("presets").read_text()
