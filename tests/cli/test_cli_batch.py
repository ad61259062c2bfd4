import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Deck = Callable[..., Any]
SMALL = {"size": "64x64", "quality": "low"}


def write(name: str, *rows: Any) -> str:
    Path(name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    return name


def names(ran: Any) -> list[str]:
    return sorted(Path(line).name.split("-", 3)[3].rsplit("-", 2)[0] for line in ran.lines)


@pytest.fixture
def boats(home: Path) -> str:
    del home
    return write(
        "boats.jsonl",
        {"prompt": "red boat", **SMALL},
        {"prompt": "blue boat", "model": "gemini", "size": "0.5K", "count": 2},
        {"prompt": "red boat", **SMALL},
    )


def test_the_same_file_again_sends_nothing_and_reports_everything(
    deck: Deck, at_gateway: Any, boats: str
) -> None:
    gateway = at_gateway()
    first = deck("batch", boats, "-m", "gpt")
    assert (first.code, names(first)) == (0, ["blue-boat"] * 2 + ["red-boat"] * 2)
    assert first.err.splitlines()[-1] == "4 of 4  4 saved"
    second = deck("batch", boats, "-m", "gpt")
    assert (second.code, sorted(second.lines)) == (0, sorted(first.lines))
    assert "4 of 4 requests were sent by earlier runs, 0 were sent now" in second.err
    assert len(gateway.ledger().accepted) == 4


def test_only_what_is_missing_is_sent_wherever_it_stands(deck: Deck, at_gateway: Any) -> None:
    gateway = at_gateway()
    one, two = {"prompt": "one", **SMALL}, {"prompt": "two", **SMALL}
    deck("batch", write("rows.jsonl", one, two), "-m", "gpt")
    deck("batch", write("rows.jsonl", {"prompt": "new", **SMALL}, two, one, two), "-m", "gpt")
    assert sorted(str(task.prompt) for task in gateway.ledger().accepted) == [
        *("new", "one", "two", "two")
    ]
    deck("batch", "rows.jsonl", "-m", "gpt", "--again")
    assert len(gateway.ledger().accepted) == 8
    deck("batch", "rows.jsonl", "-m", "gpt")
    assert len(gateway.ledger().accepted) == 8


def test_every_fault_is_named_by_line_and_field_and_nothing_is_sent(
    deck: Deck, at_gateway: Any
) -> None:
    gateway = at_gateway()
    file = write(
        "rows.jsonl",
        {"prompt": "good", **SMALL},
        {"prompt": "", "size": "huge"},
        {"prompt": "x", "model": "nothing"},
    )
    Path(file).write_text(Path(file).read_text() + '{"prompt": "x"\n')
    ran = deck("batch", file, "-m", "gpt")
    assert (ran.code, ran.out) == (2, "")
    faults = [line for line in ran.err.splitlines() if line.startswith("line ")]
    assert [line.split(": ")[:2] for line in faults] == [
        ["line 2", "size"],
        ["line 2", "prompt"],
        ["line 3", "model"],
        ["line 4", "json"],
    ]
    assert "3 of 4 rows are wrong; nothing was sent. --skip-invalid sends the others." in ran.err
    assert not gateway.ledger().accepted
    events = deck("batch", file, "-m", "gpt", "--json").objects
    assert [one["error"]["kind"] for one in events] == ["invalid"] * 4
    skipped = deck("batch", file, "-m", "gpt", "--skip-invalid")
    assert (skipped.code, names(skipped)) == (0, ["good"])


def test_failed_rows_are_sent_again_only_when_asked_and_unknown_ones_never(
    deck: Deck, at_gateway: Any
) -> None:
    gateway = at_gateway("submit:drop-after*1")
    file = write(
        "rows.jsonl",
        *({"prompt": prompt, **SMALL} for prompt in ("lost answer", "no [fail]", "ok")),
    )
    assert deck("batch", file, "-m", "gpt").code == 5
    assert len(gateway.ledger().accepted) == 3
    assert deck("batch", file, "-m", "gpt").code == 5
    assert len(gateway.ledger().accepted) == 3
    again = deck("batch", file, "-m", "gpt", "--retry-failed")
    assert "2 of 3 requests were sent by earlier runs, 1 were sent now" in again.err
    assert [str(one.prompt) for one in gateway.ledger().accepted].count("no [fail]") == 2
    unknown = deck("jobs", "--state", "unknown", "--json").objects[0]["job"]
    deck("resolve", unknown, "--abandon")
    assert deck("batch", file, "-m", "gpt").code == 1


def test_a_job_retried_by_hand_takes_its_row(deck: Deck, at_gateway: Any) -> None:
    gateway = at_gateway("poll:failed*1")
    file = write("rows.jsonl", {"prompt": "a boat", **SMALL})
    assert deck("batch", file, "-m", "gpt").code == 1
    failed = deck("jobs", "--json").objects[0]["job"]
    assert deck("retry", failed).code == 0
    ran = deck("batch", file, "-m", "gpt", "--retry-failed")
    assert (ran.code, names(ran)) == (0, ["a-boat"])
    assert len(gateway.ledger().accepted) == 2


def test_csv_and_plain_prompts_from_a_file_and_stdin(
    deck: Deck, at_gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_gateway()
    Path("rows.csv").write_text("prompt,size,count\na boat,64x64,2\n")
    assert len(deck("batch", "rows.csv", "-m", "gpt").lines) == 2
    data = "a cat\n\n一只猫\n".encode()
    for sent in (2, 0):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        ran = deck("batch", "-", "-m", "seedream", "--name", "cats")
        assert (ran.code, len(ran.lines)) == (0, 2)
        assert sent == 2 or f"{sent} were sent now" in ran.err


def test_references_are_found_beside_the_file_and_nowhere_else(
    deck: Deck, at_gateway: Any, home: Path
) -> None:
    gateway = at_gateway()
    folder = home / "elsewhere"
    folder.mkdir()
    Image.new("RGB", (64, 64)).save(folder / "cat.png")
    Image.new("RGB", (64, 64)).save(home / "secret.png")
    inside, outside = {"prompt": "x", "image": "cat.png"}, {"prompt": "x", "image": "../secret.png"}
    file = write(str(folder / "rows.jsonl"), inside, outside)
    ran = deck("batch", file, "-m", "seedream")
    assert ran.code == 2
    assert f"line 2: image: '../secret.png': leads out of {folder}; --trust-paths" in ran.err
    ran = deck("batch", file, "-m", "seedream", "--trust-paths")
    assert (ran.code, len(ran.lines)) == (0, 2)
    Image.new("RGB", (65, 64)).save(folder / "cat.png")
    ran = deck("batch", file, "-m", "seedream", "--trust-paths")
    assert "1 of 2 requests were sent by earlier runs, 1 were sent now" in ran.err
    assert len(gateway.ledger().accepted) == 3


def test_a_dry_run_shows_only_what_would_be_sent_and_what_it_costs(
    deck: Deck, at_gateway: Any, boats: str
) -> None:
    gateway = at_gateway()
    ran = deck("batch", boats, "-m", "gpt", "--dry-run")
    assert ran.lines[0].startswith("line 1: POST ")
    assert ran.lines[0].endswith('{"prompt": "red boat", "size": "64x64", "quality": "low"}')
    assert "requests  4, 4 images" in ran.out
    assert "price     ≈ $0.09 in all" in ran.out
    assert ran.lines[-1] == "Nothing was sent."
    assert not gateway.ledger().accepted
    objects = deck("batch", boats, "-m", "gpt", "--dry-run", "--json").objects
    assert [one["price"] for one in objects] == ["0.0000", "0.045", "0.045", "0.0000"]
    deck("batch", boats, "-m", "gpt")
    assert "requests  0, 0 images" in deck("batch", boats, "-m", "gpt", "--dry-run").out


def test_many_rows_are_refused_without_a_terminal_or_yes(deck: Deck, at_gateway: Any) -> None:
    gateway = at_gateway()
    file = write("rows.jsonl", {"prompt": "a boat", "count": 201, **SMALL})
    ran = deck("batch", file, "-m", "gpt")
    assert ran.code == 2
    assert "requests  201, 201 images" in ran.err
    assert "201 requests are more than 200; nothing was sent. Add --yes" in ran.err
    assert not gateway.ledger().accepted


def test_a_template_and_choices_of_its_own(deck: Deck, at_gateway: Any) -> None:
    at_gateway()
    file = write("rows.jsonl", {"prompt": "a {red|blue} {{what}}", "what": "boat", **SMALL})
    ran = deck("batch", file, "-m", "gpt", "--expand", "--out", "{group}-{slug}-{id}-{index}")
    assert ran.code == 0
    stems = [Path(line).name for line in ran.lines]
    assert all(one.startswith("rows-") for one in stems)
    assert sorted("a-red-boat" in one for one in stems) == [False, True]
    again = deck("batch", file, "-m", "gpt", "--expand")
    assert "0 were sent now" in again.err
    wrong = write("wrong.jsonl", {"prompt": "{{what}}", "wat": "boat"}, {"prompt": "{a", "x": 1})
    said = deck("batch", wrong, "-m", "gpt", "--expand").err
    assert "line 1: prompt: {{what}} has no value" in said
    assert "line 2: prompt: column 1: this { is never closed" in said


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("gone.jsonl",), "gone.jsonl can't be read: No such file or directory"),
        (("",), "can't be read"),
        (("empty.txt",), "The file has no rows."),
        (("one.txt",), "line 1: model: name one in the row, or for all with -m MODEL"),
        (("one.txt", "-m", "gpt", "--out", "{x}"), "out: {x} is no field of a file name"),
        (("one.txt", "-m", "gptt"), "Did you mean 'gpt'?"),
        (("one.txt", "-m", "gpt", "--sample", "x"), "sample: 'x': must be a whole number"),
    ],
)
def test_what_can_not_be_done_is_said(deck: Deck, args: tuple[str, ...], said: str) -> None:
    Path("empty.txt").touch()
    Path("one.txt").write_text("a boat\n")
    ran = deck("batch", *args, "--demo")
    assert ran.code == 2
    assert said in ran.err


def test_a_refused_key_stops_the_feeding_and_the_rest_waits(deck: Deck, at_gateway: Any) -> None:
    gateway = at_gateway("submit:401")
    file = write("rows.jsonl", *({"prompt": f"boat {one}", **SMALL} for one in range(1500)))
    ran = deck("batch", file, "-m", "gpt", "--yes")
    assert ran.code == 3
    assert "There are rows that were not sent yet: run the same file again." in ran.err
    assert len(deck("jobs", "--all", "--json").objects) < 1500
    assert not gateway.ledger().accepted


def test_json_has_an_object_for_each_change(deck: Deck, at_gateway: Any) -> None:
    at_gateway()
    file = write("rows.jsonl", {"prompt": "a boat", **SMALL})
    states = [one["state"] for one in deck("batch", file, "-m", "gpt", "--json").objects]
    assert states[0] == "queued"
    assert states[-1] == "saved"
    again = deck("batch", file, "-m", "gpt", "--json").objects
    assert [one["state"] for one in again] == ["saved"]
    assert again[0]["files"][0]["format"] == "PNG"
