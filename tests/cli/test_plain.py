"""The line mode, as somebody types it and hears it read out."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def talk(run_process: Run) -> Run:
    """Type lines into the demo's line mode; return what was said."""

    def type_lines(*lines: str) -> Any:
        return run_process("--plain", "--demo", given="".join(f"{line}\n" for line in lines))

    return type_lines


def test_an_image_is_made_and_found_again_by_words_alone(talk: Run, home: Path) -> None:
    ran = talk("model gpt", "set quality low", "generate a lighthouse", "wait", "jobs", "show")
    assert ran.code == 0
    assert "GPT-Image-2" in ran.out
    assert "Estimated price: $0.006" in ran.out
    assert "saved. Prompt: a lighthouse" in ran.out
    assert "1 of 1 images, a lighthouse" in ran.out
    assert "state: saved" in ran.out
    assert "\x1b" not in ran.out
    (path,) = (home / "Pictures/imagedeck/demo").glob("*.png")
    assert f"Image 1: {path}" in ran.out


def test_what_is_wrong_is_said_and_nothing_is_sent(talk: Run) -> None:
    ran = talk(
        "generat a lighthouse",
        "a lighthouse",
        "model nothing",
        "set quality high",
        "model gpt",
        "set quality lowest",
        "image nowhere.png",
        "generate",
        "show",
        "stop 123",
        "resolve 1 abandon",
        "jobs",
    )
    assert ran.code == 0
    assert "Did you mean generate?" in ran.out
    assert "There is no verb 'a'." in ran.out
    assert "has no field 'quality'" in ran.out
    assert "low, medium, high" in ran.out or "low" in ran.out
    assert "takes no references" in ran.out
    assert "Nothing was sent." in ran.out
    assert "There is no job 123" in ran.out
    assert ran.out.rstrip().endswith("There are no jobs yet.\nimagedeck>")


def test_paying_twice_needs_a_yes(talk: Run) -> None:
    ran = talk("model gpt", "generate x", "generate x", "no", "wait", "retry", "no", "jobs")
    assert ran.out.count("It is paid for twice.") == 1
    assert "Make others, and pay for them?" in ran.out
    assert ran.out.count("queued.") == 1


def test_it_begins_where_it_was_left(talk: Run) -> None:
    talk("model gpt", "set size 1024x1536", "prompt a storm")
    ran = talk("request", "generate", "wait", "remix", "retry", "yes", "wait", "jobs storm")
    assert "Prompt: a storm" in ran.out
    assert "size: 1024x1536" in ran.out
    assert ran.out.count("1 of 1 images, a storm") == 2


def test_help_names_every_verb_once(talk: Run) -> None:
    lines = talk("help", "quit", "jobs").out.splitlines()
    for word in ("generate", "model", "set", "jobs", "show", "remix", "retry", "use", "resolve"):
        assert sum(line.removeprefix("imagedeck> ").startswith(f"{word} ") for line in lines) == 1
    assert not any("no jobs" in line for line in lines)  # quit is the end


def test_without_a_key_it_says_so(run_process: Run) -> None:
    ran = run_process("--plain", given="quit\n")
    assert ran.code == 3
    assert "imagedeck key set" in ran.err


def test_what_the_table_can_do_with_jobs_can_be_typed(talk: Run, home: Path) -> None:
    ran = talk(
        *("model gpt", "generate a cat", "model seedream", "generate a dog", "wait"),
        *("jobs cat", "jobs model:gpt", "jobs is:fault", "jobs rating>x", "stats"),
    )
    cat, dog = re.findall(r"Job (\w+) queued", ran.out)
    assert ran.out.count(f"{cat}, saved, 1 of 1 images, a cat") == 2
    assert "There are no such jobs." in ran.out
    assert "rating" in ran.out.partition("There are no such jobs.")[2]
    assert "all: Jobs 2, Saved 2, Success 100%" in ran.out
    ran = talk(
        *(f"tag {cat} cover, draft", f"tag {cat} -draft", f"rate {cat} 5", f"rate {cat} 6"),
        *(f"note {cat} for the front", "jobs tag:cover rating>4", f"compare {cat} {dog}"),
        *(f"copy {cat} prompt", f"copy {cat} nothing", f"copy {cat}", f"open {cat}", "pause", "go"),
        *(f"vote {cat}", f"export {cat} {dog} to page", "import nowhere", "import page"),
        *(f"next {cat}", f"edit {cat}", f"delete {dog}", "yes", "jobs", "undo", "jobs", "undo"),
    )
    assert ran.code == 0
    assert f"Job {cat}: rated 5, #cover, for the front." in ran.out
    assert "A rating is 1 to 5" in ran.out
    assert f"model: {cat} gpt-image-2; {dog} seedream" in ran.out
    assert f"prompt: {cat} a cat; {dog} a dog" in ran.out
    assert "imagedeck> a cat\n" in ran.out
    assert "There is no 'nothing' of a job. There are file, prompt, task" in ran.out
    (path,) = (home / "Pictures/imagedeck/demo").glob("*cat*.png")
    assert f"imagedeck> {path}" in ran.out
    assert "There is no display here. Fetch it:" in ran.out
    assert "Submissions pause" in ran.out
    assert "Submissions go on." in ran.out
    assert f"{cat} has no group with images to compare it with." in ran.out
    assert "page. Images: 2." in ran.out
    assert "nowhere can't be read" in ran.out
    assert "Jobs that were there already: 2." in ran.out
    assert ran.out.count(f"Job {cat} is saved: it does not wait to be sent.") == 2
    assert "1 image into the system's trash? yes or no: Deleted: 1." in ran.out
    gone, _, back = ran.out.rpartition("Deleted: 1.")[2].partition("Back again: 1.")
    assert (gone.count(f"{dog}, saved"), back.count(f"{dog}, saved")) == (0, 1)
    assert "There is nothing to take back." in back


def test_a_job_is_taken_out_of_the_queue_and_written_anew(talk: Run) -> None:
    ran = talk(
        *("pause", "model gpt", "generate first", "generate second", "next", "edit"),
        *("generate third", "go", "wait", "jobs"),
    )
    assert "is sent next." in ran.out
    assert "Taken out of the queue, for free." in ran.out
    listed = ran.out.rpartition("Done.")[2]
    assert [word for word in ("first", "second", "third") if f"images, {word}" in listed] == [
        "first",
        "second",
        "third",
    ]
    assert "dropped, 0 of 1 images, second" in listed
    assert "saved, 1 of 1 images, third" in listed


def test_no_verb_on_jobs_is_the_apps_alone() -> None:
    from tui.app.widgets.jobs.verbs import Verb
    from tui.cli.plain.verbs import VERBS

    typed = {"first": "next", "viewer": "open"}
    seen = {
        Verb.GRID
    }  # an arrangement for the eyes; `jobs`, `compare` and `retry` say and do the same
    assert {typed.get(one, one) for one in set(Verb) - seen} <= {one.word for one in VERBS}


def test_presets_and_snippets_are_taken_and_kept(talk: Run, home: Path) -> None:
    settings = home / ".config/imagedeck/config.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '[presets.poster]\nmodel = "gpt"\nprompt = "a poster"\nquality = "high"\n'
        '[presets.gone]\nmodel = "seedream"\nimage = ["nowhere.png"]\n'
        '[snippets]\nfilm = "35 mm film"\n'
    )
    said = talk(
        *("model gpt", "set quality low", "preset gone", "request"),
        *("preset", "preset poster", "snippet", "snippet film", "request"),
        *("save preset mine", "save snippet all", "save preset poster", "preset nothing"),
        *("set quality low", "preset mine", "snippet all", "snippet nothing", "save"),
    ).out
    assert "does not exist" in said
    assert "quality: low" in said  # what a preset could not bring has changed nothing
    assert f"poster ({settings}:1): gpt-image-2, prompt a poster, quality high" in said
    assert "Prompt: a poster, 35 mm film" in said
    assert "quality: high" in said
    assert "Saved as preset mine." in said
    assert "Saved as snippet all: a poster, 35 mm film" in said
    assert "choose another name" in said
    assert "There is no preset nothing. There are" in said
    assert "There is no snippet nothing. There are" in said
    assert "Say `save preset NAME`" in said
    assert (home / ".config/imagedeck/presets.toml").read_text().count("[presets.") == 1


def test_one_prompt_is_made_many_after_a_yes(talk: Run) -> None:
    said = talk(
        *("model gpt", "set quality low", "prompt a {red|blue} cat by the {{place}}"),
        *("expand", "value place sea|hill", "value", "expand", "no", "expand 3", "yes", "wait"),
        *("expand 0", "value place", "value", "jobs cat"),
    ).out
    assert "{{place}} has no value: say `value place TEXT|TEXT`." in said
    assert "place: sea | hill" in said
    assert "4, 4 images" in said
    assert said.count("are queued") == 1
    assert "3 requests are queued, drawn by the seed" in said
    assert said.count("1 of 1 images, a ") == 3
    assert "sample: '0': must be at least 1" in said
    assert "No variable has a value." in said


def test_another_profile_is_gone_over_to(run_process: Run, home: Path, two_profiles: Any) -> None:
    two_profiles.write(home)
    lines = ["profile", "profile b", "profile b", "generate a cat", "wait", "profile c", "quit"]
    ran = run_process("--plain", "--profile", "a", given="".join(f"{one}\n" for one in lines))
    assert ran.code == 0
    assert f"a: {two_profiles.wires['a'].url}, in use" in ran.out
    assert f"at {two_profiles.wires['b'].url}. Type help" in ran.out
    assert "Profile b is in use." in ran.out
    assert "saved. Prompt: a cat" in ran.out
    assert "c" in ran.out.rpartition("saved. Prompt")[2]
    assert not two_profiles.gateways["a"].ledger().accepted
    assert len(two_profiles.gateways["b"].ledger().accepted) == 1
