import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.job import Job, State
from tui.core.naming import (
    DEFAULT_TEMPLATE,
    FIELDS,
    TemplateError,
    check_template,
    file_stem,
    slug,
)
from tui.core.request import Request

_HOSTILE = [
    "../../etc/passwd",
    "/",
    "\\\\server\\share",
    "a\0b",
    "-rf .",
    "....",
    "line\nbreak",
    "\u202egnp.exe",
    "CON",
    "aux",
    "lpt1",
    "❤️",
    "\u0301",
    "\ud83d",
    "{id}{slug.__class__}",
    "$(reboot)",
    "`id`; rm *",
    "~root",
    "%2e%2e%2f",
    "猫" * 400,
    "🐈" * 400,
    "e\u0301" * 300,
    "x" * 5000,
    "",
    " ",
]


def _job(prompt: str, template: str = DEFAULT_TEMPLATE, **facts: str) -> Job:
    request = Request(model="gpt-image-2", values={"prompt": prompt})
    return Job(
        id="0193" + "0" * 18 + "abcdef0123",
        request=request,
        state=State.SAVED,
        created=0.0,
        updated=0.0,
        folder="pictures",
        template=template,
        **facts,  # type: ignore[arg-type]
    )


def _is_safe(name: str) -> bool:
    return (
        0 < len(name.encode()) <= 255
        and not set("/\\\0") & set(name)
        and not name.startswith((".", "-"))
        and all(unicodedata.category(char)[0] not in "CZ" for char in name)
    )


@given(st.one_of(st.text(), st.sampled_from(_HOSTILE)), st.integers(8, 80))
def test_a_slug_is_a_safe_name(text: str, most: int) -> None:
    short = slug(text, most)
    assert _is_safe(short)
    assert len(short.encode()) <= most
    assert short == short.casefold() or not short.isascii()


@given(st.one_of(st.text(), st.sampled_from(_HOSTILE)), st.integers(1, 9999))
def test_a_file_name_is_safe_whatever_the_prompt(prompt: str, index: int) -> None:
    job = _job(prompt, "{slug}-{slug}{model}{group}{date}{time}-{id}-{index}", group=prompt)
    check_template(job.template)
    assert _is_safe(file_stem(job, index, date="2026-11-22", time="235959") + ".jpeg.json")


@pytest.mark.parametrize("prompt", _HOSTILE)
def test_the_usual_name_is_safe_and_keeps_its_id(prompt: str) -> None:
    stem = file_stem(_job(prompt), 2, date="2026-11-22", time="101112")
    assert _is_safe(stem + ".png")
    assert stem.startswith("2026-11-22-")
    assert stem.endswith("-abcdef0123-2")


@pytest.mark.parametrize(
    ("prompt", "short"),
    [
        ("A lighthouse, at dusk!", "a-lighthouse-at-dusk"),
        ("月の上で猫がギターを弾く", "月の上で猫がギターを弾く"),
        ("snake_case stays", "snake_case-stays"),
        ("Straße", "strasse"),
        ("❤️", "image"),
        ("...", "image"),
        ("NUL", "nul-"),
        ("葛\U000e0100飾", "葛飾"),
        ("1️⃣ first", "1\u20e3-first"),
    ],
)
def test_slugs_as_a_person_reads_them(prompt: str, short: str) -> None:
    assert slug(prompt) == short


def test_a_long_slug_makes_room_for_the_rest() -> None:
    fits = "{date}-{time}-{slug}-{slug}-{slug}-{model}-{group}-{id}-{index}"
    stem = file_stem(_job("word " * 60, fits, group="batch"), 1, date="2026-11-22", time="101112")
    assert len(stem.encode()) <= 200
    assert stem.endswith("-batch-abcdef0123-1")
    assert stem.startswith("2026-11-22-101112-word-")


def test_every_field_has_its_place() -> None:
    template = "_".join(f"{{{name}}}" for name in FIELDS)
    stem = file_stem(_job("sea", template), 3, date="2026-11-22", time="101112")
    assert stem == "2026-11-22_101112_sea_gpt-image-2_abcdef0123_3_single"


@pytest.mark.parametrize("template", [DEFAULT_TEMPLATE, "{id}{index}", "{{x}}{id}-{index}"])
def test_good_templates(template: str) -> None:
    check_template(template)


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("{date}-{index}", "needs {id} and {index}"),
        ("{id}", "needs {id} and {index}"),
        ("plain", "needs {id} and {index}"),
        ("{id}-{index}-{prompt}", "{prompt} is no field"),
        ("{id}-{index}-{slug.__class__}", "no field"),
        ("{}-{id}-{index}", "{} is no field"),
        ("{0}-{id}-{index}", "{0} is no field"),
        ("{id}-{index", "is no template"),
        ("{id}-{index:03}", "{index} takes no format"),
        ("{id!r}-{index}", "{id} takes no format"),
        ("{slug:{id}}-{id}-{index}", "takes no format"),
        ("a/{id}-{index}", "no slash"),
        ("a\\{id}-{index}", "no slash"),
        (".{id}-{index}", "no dot"),
        ("-{id}-{index}", "hyphen"),
        (" {id}-{index}", "blank"),
        ("{id}-{index}\n", "control characters"),
        ("{id}\0{index}", "control characters"),
        ("{id}-{index}" + "x" * 190, "too long"),
        ("{id}-{index}" + "猫" * 70, "too long"),
    ],
)
def test_bad_templates_say_why(template: str, why: str) -> None:
    with pytest.raises(TemplateError) as refused:
        check_template(template)
    assert why in str(refused.value)
