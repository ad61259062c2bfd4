import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from tui.cli.live import lines_of
from tui.cli.models import models_markdown
from tui.cli.table import table
from tui.cli.times import Seconds, Since, rfc3339
from tui.core.job import ErrorKind, Job, JobError, Result, Saved, State, new_job_id
from tui.core.request import Reference, Request
from tui.core.schedule import Typical
from tui.core.widths import cells, cut, pad
from tui.models import MODELS
from tui.services.clock import SystemClock
from tui.services.journal import SqliteJournal

README = Path(__file__).parents[2] / "README.md"
NOW = SystemClock().now()
Deck = Callable[..., Any]


def job(number: int, prompt: str, **facts: Any) -> Job:
    values = {"prompt": prompt, "quality": "low", **facts.pop("values", {})}
    made = Job(
        id=new_job_id(1_760_000_000_000 + number, bytes([number]) * 10),
        request=Request(model="gpt-image-2", values=values),
        state=State.QUEUED,
        created=NOW - 3600,
        updated=NOW,
        folder="/images",
        template="{id}-{index}",
    )
    return replace(made, **facts)


FAILED = job(
    2,
    "a \x1b[31mred\x07 cat",
    state=State.FAILED,
    error=JobError(ErrorKind.FAILED, "no \x9bcats"),
    created=NOW - 10 * 86400,
    finished=NOW,
    task_id="img_1",
    origin="https://one.example",
)
SAVED = job(
    3,
    "灯塔" * 60,
    state=State.SAVED,
    task_id="img_2",
    files=(Saved(path="/i/a.png", index=1, width=3, height=2, format="PNG", bytes=9, sha256="0"),),
    results=(Result(url="https://cdn.example/a/b.png?sig=SECRET"), Result(base64="AAAA")),
    error=JobError(ErrorKind.PARTIAL, "1 of 2 images are here"),
    values={"n": 2},
    follows=FAILED.id,
)


@pytest.fixture
def stored(home: Path) -> list[Job]:
    """Put jobs into the journal."""
    jobs = [job(1, "a queued cat"), FAILED, SAVED]

    async def write() -> None:
        journal = SqliteJournal.open(home / ".local/share/imagedeck/imagedeck.db", SystemClock())
        await journal.add(jobs)
        await journal.close()

    asyncio.run(write())
    return jobs


def test_jobs_without_a_database_lists_nothing_and_makes_nothing(deck: Deck, home: Path) -> None:
    ran = deck("jobs")
    assert (ran.code, ran.out, ran.err) == (0, "", "There are no jobs yet.\n")
    assert not (home / ".local").exists()


@pytest.mark.usefixtures("stored")
def test_jobs_are_a_table_for_people(deck: Deck) -> None:
    ran = deck("jobs")
    assert ran.code == 0
    header, *rows = ran.lines
    assert header.split() == ["JOB", "AGE", "MODEL", "STATE", "IMAGES", "PROMPT"]
    assert rows[0].split()[0] == SAVED.short_id
    assert "saved (partial)" in rows[0]
    assert "1/2" in rows[0]
    assert rows[0].endswith("灯塔" * 60)  # in full, because this is no terminal
    assert "10d00h" in rows[1]
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out


@pytest.mark.usefixtures("stored")
def test_jobs_by_state_words_and_age(deck: Deck) -> None:
    def ids(*args: str) -> list[str]:
        return [one["prompt"] for one in deck("jobs", "--json", *args).objects]

    assert ids("--state", "queued") == ["a queued cat"]
    assert ids("--state", "Queued", "--state", "failed") == [FAILED.prompt, "a queued cat"]
    assert ids("--search", "灯塔") == [SAVED.prompt]
    assert ids("--since", "7d", "--all") == [SAVED.prompt, "a queued cat"]
    assert ids("--search", "is:fault -灯塔 cost<1") == [FAILED.prompt]
    assert ids("--search", "state:queued quality:low age<2h") == ["a queued cat"]
    refused = deck("jobs", "--search", "modell:gpt")
    assert refused.code == 2
    assert "--search: there is no field 'modell'; did you mean model?" in refused.err
    nothing = deck("jobs", "--search", "dog")
    assert (nothing.code, nothing.err) == (0, "There are no such jobs.\n")
    wrong = deck("jobs", "--since", "yesterday")
    assert wrong.code == 2
    assert "90s, 15m, 2h, 7d, 2w or a date" in wrong.err


@pytest.mark.usefixtures("stored")
def test_show_tells_everything_but_secrets(deck: Deck) -> None:
    ran = deck("show", SAVED.short_id)
    assert ran.code == 0
    shown = dict(line.split(maxsplit=1) for line in ran.lines if not line.startswith(" "))
    assert shown["state"] == "saved (partial)"
    assert shown["next"].startswith("`imagedeck resume`")
    assert shown["quality"] == "low"
    assert shown["result"] == "cdn.example …/b.png"
    assert shown["follows"] == FAILED.short_id
    assert "3x2 PNG" in ran.out
    assert "asked for  1024x1024" in ran.out
    assert "$0.012" in ran.out
    assert "SECRET" not in ran.out


@pytest.mark.usefixtures("stored")
def test_show_of_a_failure_says_what_to_do(deck: Deck) -> None:
    ran = deck("show", FAILED.short_id.upper())
    assert "error      no \\x9bcats" in ran.out
    assert f"`imagedeck retry {FAILED.short_id}` makes it anew" in ran.out
    assert "img_1 at https://one.example" in ran.out
    record = deck("show", FAILED.id, "--json").objects[0]
    assert record["request"]["values"]["quality"] == "low"
    assert record["error"] == {"kind": "failed", "message": "no \x9bcats"}


def test_a_job_that_is_not_there(deck: Deck, stored: list[Job]) -> None:
    gone = deck("show", "ffff\x1b")
    assert (gone.code, gone.err) == (2, "There is no job ffff\\x1b; `imagedeck jobs` lists them.\n")
    one_of_two = deck("wait", stored[0].short_id, "nope")
    assert (one_of_two.code, one_of_two.out) == (2, "")
    assert "There is no job nope; `imagedeck jobs` lists them." in one_of_two.err
    assert "`imagedeck jobs --demo` lists them." in deck("wait", "nope", "--demo").err


def test_every_command_helps(deck: Deck) -> None:
    for name in deck("--help").out.partition("Commands:")[2].split("\n"):
        if name.strip():
            assert deck(name.split()[0], "--help").code == 0


def test_models_are_listed_for_people_and_scripts(deck: Deck) -> None:
    shown = deck("models")
    assert shown.code == 0
    for model in MODELS:
        assert f"{model.id}  ({', '.join(model.aliases)})" in shown.out
    seedream, *_, gpt = deck("models", "--json").objects
    assert seedream["references"].startswith("1–14 files or URLs")
    assert [field["name"] for field in gpt["fields"]][:3] == ["prompt", "size", "quality"]
    assert gpt["prices"]["1024x1024 high"] == "0.211"


@pytest.mark.skipif(not README.exists(), reason="there is no README.md yet")
def test_the_readme_has_todays_table_of_models() -> None:
    readme = README.read_text()
    _, start, rest = readme.partition("<!-- models -->")
    there, end, _ = rest.partition("<!-- /models -->")
    assert start, "README.md needs <!-- models --> and <!-- /models --> around its table"
    assert end
    assert there.strip() == models_markdown(), "run: imagedeck models --markdown"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_say_how_to_install_them(deck: Deck, shell: str) -> None:
    ran = deck("completion", shell)
    assert ran.code == 0
    assert ran.lines[0].startswith("# To install it: ")
    assert f"_IMAGEDECK_COMPLETE={shell}_complete" in ran.out
    program = shutil.which(shell)
    if program:
        subprocess.run([program, "-n"], input=ran.out, text=True, check=True)


def _complete(shell: str, words: str, current: str = "") -> list[str]:
    """Ask as the shell's script does, with the line up to the cursor."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tui"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "_IMAGEDECK_COMPLETE": f"{shell}_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": current or str(len(words.split(" ")) - 1),
            "COMP_WORDBREAKS": " \t\n\"'><=;|&(:",
        },
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("imagedeck ge", "generate"),
        ("imagedeck generate gem", "gemini-pro"),
        ("imagedeck generate gpt x --qual", "--quality"),
        ("imagedeck generate gpt x --quality ", "medium"),
        ("imagedeck generate gpt x --output-", "--output-format"),
        ("imagedeck generate gpt 'a \\| b' --quality m", "medium"),
        ("imagedeck show ", SAVED.short_id),
        ("imagedeck jobs --state fa", "failed"),
        # bash replaces only what stands behind the last of these.
        ("imagedeck generate gpt x --quality=m", "medium"),
        ("imagedeck generate gemini x --aspect-ratio 16:", "9"),
        ("imagedeck generate gemini x --aspect-ratio=9:", "16"),
    ],
)
def test_completion_offers_what_fits(words: str, offered: str) -> None:
    assert f"plain,{offered}" in _complete("bash", words)


@pytest.mark.usefixtures("home")
def test_completion_of_a_joined_value_keeps_its_flag() -> None:
    words = "imagedeck generate gpt x --quality=m"
    assert _complete("zsh", words) == ["plain", "--quality=medium", "_"]
    assert _complete("fish", words, "--quality=m") == ["plain,--quality=medium"]


@pytest.mark.usefixtures("home")
def test_a_file_is_completed_for_a_reference() -> None:
    assert _complete("bash", "imagedeck generate seedream x --image ca") == ["file,ca"]


def test_completion_scripts_leave_files_and_descriptions_whole(deck: Deck) -> None:
    assert "compset -P '--*='; _path_files -f" in deck("completion", "zsh").out
    assert 'string split --max 1 ","' in deck("completion", "fish").out


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("1.5H", 5400), ("2w", 1209600)]
)
def test_durations(text: str, seconds: float) -> None:
    assert Seconds().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "0", "-1", "nan", "inf", "5y", "٣s", "9" * 30])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Seconds().convert(text, None, None)


def test_moments() -> None:
    assert Since().convert("2026-11-20T00:00:00+00:00", None, None) == 1795132800.0
    with pytest.raises(click.BadParameter):
        Since().convert("0001-01-01", None, None)


def test_times_are_written_for_scripts() -> None:
    assert rfc3339(1795132800.25) == "2026-11-20T00:00:00.250Z"


def test_wide_and_invisible_characters_count_as_the_terminal_counts_them() -> None:
    assert cells("灯塔a\u0301") == 5
    assert cut("灯塔灯塔", 5) == "灯塔…"
    assert cut("abc", 0) == ""
    assert pad("灯", 4) == "灯  "


def test_a_table_ends_where_the_terminal_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "30")
    lines = table(("A", "PROMPT"), [("one", "灯塔" * 30), ("four", "x")])
    assert max(cells(line) for line in lines) in {29, 30}  # a wide character does not fit half
    assert lines[0] == "A     PROMPT"


def test_live_lines_show_the_furthest_jobs_and_count_the_rest() -> None:
    running = [job(number, "a\ncat", created=NOW - 5) for number in range(1, 12)]
    running.append(job(20, "b", state=State.PROCESSING))

    def usual(_request: Request) -> Typical:
        return Typical(20.0)

    lines = lines_of([*running, SAVED], NOW, usual)
    assert lines[0].startswith(f"{running[-1].short_id}  processing   1h00m / ~20s  b")
    assert lines[1].endswith("5s / ~20s  a cat")
    assert lines[-2] == "  and 4 more"
    assert lines[-1] == "11 queued  1 processing  1 saved"
    assert lines_of([SAVED], NOW, usual) == []


def test_json_stays_ascii_whatever_is_in_it(deck: Deck, stored: list[Job]) -> None:
    ran = deck("jobs", "--json")
    assert ran.out.isascii()
    assert len(ran.out.splitlines()) == len(stored)
    assert json.loads(ran.lines[1])["prompt"] == FAILED.prompt


def test_references_are_named(deck: Deck, home: Path) -> None:
    reference = Reference(name="c\x1bat.png", sha256="0" * 64, width=8, height=6)
    one = job(5, "a cat")
    with_reference = replace(one, request=replace(one.request, references=(reference,)))

    async def write() -> None:
        journal = SqliteJournal.open(home / ".local/share/imagedeck/imagedeck.db", SystemClock())
        await journal.add([with_reference, replace(with_reference, id="1" * 31 + "5")])
        await journal.close()

    asyncio.run(write())
    assert "reference  c\\x1bat.png  8x6" in deck("show", one.id).out
    ambiguous = deck("show", "5")
    assert ambiguous.code == 2
    assert ambiguous.err.splitlines()[0] == "5 fits several jobs; give more of one:"
    assert len(ambiguous.err.splitlines()) == 3
