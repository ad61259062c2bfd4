"""Which language is spoken, by variables and settings."""

import gettext
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.core import language
from tui.core.language import _
from tui.services import language as language_service
from tui.services.batch.source import Source
from tui.services.language import setting, speak, wanted


@pytest.fixture
def restored() -> Iterator[None]:
    before = {name: vars(gettext)[name] for name in ("gettext", "ngettext")}
    yield
    vars(gettext).update(before)
    language.install(None)


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW.UTF-8@x"}, "zh"),
        ({"LANG": "zh-Hans"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN"}, "zh"),
        ({"LC_ALL": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB", "LANG": "de_DE"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "fr:zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_GB:zh"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh_CN"}, "en"),
        ({"LC_ALL": "POSIX", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "C", "IMAGEDECK_LANGUAGE": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "IMAGEDECK_LANGUAGE": "en"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "IMAGEDECK_LANGUAGE": "auto"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "IMAGEDECK_LANGUAGE": "klingon"}, "zh"),
    ],
)
def test_the_variables_are_heard_in_gettexts_order(environ: dict[str, str], code: str) -> None:
    assert wanted(environ) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('language = "zh"', "zh"),
        ('theme = "x"\nlanguage = "en"', "en"),
        ('language = "auto"', ""),
        ('language = "fr"', ""),
        ("language = 3", ""),
        ('[keys]\nlanguage = "zh"', ""),
        ('language = "zh', ""),
        ("", ""),
    ],
)
def test_the_settings_file_is_heard_if_it_can_be_read(tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "config.toml"
    assert setting(file) == ""
    file.write_text(text)
    assert setting(file) == code


@pytest.mark.usefixtures("restored")
def test_chinese_is_spoken_where_it_can_be_written() -> None:
    for encoding, said in (
        ("utf-8", "帮助"),
        ("gb18030", "帮助"),
        ("ascii", "Help"),
        (None, "Help"),
    ):
        speak("zh", encoding)
        assert _("Help") == said
    speak("zh", "utf-8")
    assert gettext.gettext("Help") == "帮助"  # click asks there
    speak("en", "utf-8")
    assert (_("Help"), gettext.gettext("Help")) == ("Help", "Help")


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("size", [0, 3, 100, 100_000])
def test_translations_that_are_cut_short_leave_english(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    whole = Path(language_service._file("zh")).read_bytes()
    cut = tmp_path / "imagedeck.mo"
    cut.write_bytes(whole[:size])
    monkeypatch.setattr(language_service, "_file", lambda _code: str(cut))
    speak("zh", "utf-8")
    assert _("Help") == "Help"


@pytest.mark.usefixtures("restored")
def test_a_batch_is_the_same_one_in_every_language(monkeypatch: pytest.MonkeyPatch) -> None:
    names = set()
    for code in ("en", "zh"):
        speak(code, "utf-8")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a red boat\n")))
        source = Source.open("-")
        names.add((source.name, source.title))
        source.close()
    assert len(names) == 1
