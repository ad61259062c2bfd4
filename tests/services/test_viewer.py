from pathlib import Path

import pytest

from tui.services.viewer import ViewerError, show_files, viewer

SSH = {"SSH_CONNECTION": "a 1 b 22"}
DISPLAY = {"DISPLAY": ":0"}


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with every opener there is; each writes down what it was given."""
    for name in ("xdg-open", "wslview", "own"):
        tool = tmp_path / name
        tool.write_text(f'#!/bin/sh\necho "$1 key=$IMAGEDECK_API_KEY" > {tmp_path}/opened\n')
        tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


@pytest.mark.parametrize(
    ("environ", "platform", "found"),
    [
        ({}, "linux", ()),
        (DISPLAY, "linux", ("xdg-open",)),
        ({"WAYLAND_DISPLAY": "w"}, "linux", ("xdg-open",)),
        (SSH, "linux", ()),
        ({**SSH, **DISPLAY}, "linux", ("xdg-open",)),  # forwarded
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", ("wslview",)),
        ({}, "darwin", ("open",)),
        (SSH, "darwin", ()),
    ],
)
@pytest.mark.usefixtures("tools")
def test_there_is_a_viewer_where_there_is_a_display(
    environ: dict[str, str], platform: str, found: tuple[str, ...]
) -> None:
    assert viewer([], environ, platform) == found
    assert viewer(["own", "-x"], environ, platform) == (("own", "-x") if found else ())


def test_the_viewer_gets_the_file_and_no_key(tools: Path) -> None:
    environ = {"PATH": "/usr/bin:/bin", "IMAGEDECK_API_KEY": "secret"}
    show_files([str(tools / "own")], ["/a b.png"], environ)
    opened = tools / "opened"
    while not (opened.exists() and opened.read_text()):
        pass
    assert opened.read_text() == "/a b.png key=\n"


def test_a_viewer_that_is_not_there_is_named() -> None:
    with pytest.raises(ViewerError, match=r"nowhere can't be started: No such file.*`viewer`"):
        show_files(["nowhere"], ["/a.png"], {"PATH": ""})
