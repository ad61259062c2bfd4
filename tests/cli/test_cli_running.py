from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tui.models import MODELS

Deck = Callable[..., Any]
AtGateway = Callable[..., Any]


@pytest.mark.parametrize("model", [model.id for model in MODELS])
def test_every_model_end_to_end_over_http(deck: Deck, at_gateway: AtGateway, model: str) -> None:
    gateway = at_gateway()
    ran = deck("generate", model, "a lighthouse")
    assert ran.code == 0, ran.err
    (path,) = ran.lines
    with Image.open(path) as image:
        image.load()
    assert Path(path).with_suffix(".json").exists() or list(Path(path).parent.glob("*.json"))
    accepted = gateway.ledger().accepted
    assert len(accepted) == 1


def test_each_image_is_a_line_on_stdout_and_progress_is_on_stderr(deck: Deck) -> None:
    ran = deck("generate", "gpt", "a lighthouse", "--n", "2", "--quality", "low", "--demo")
    assert ran.code == 0
    assert len(ran.lines) == 2
    assert all(Path(line).is_file() for line in ran.lines)
    states = [line.split()[1] for line in ran.err.splitlines()]
    assert states[:3] == ["queued", "submitting", "pending"]
    assert states[-1] == "saved"


def test_json_tells_every_change_and_the_end_last(deck: Deck, at_gateway: AtGateway) -> None:
    at_gateway()
    ran = deck("generate", "gpt", "灯塔 \x1b[31m", "--count", "2", "--json")
    assert ran.code == 0
    jobs = {one["job"] for one in ran.objects}
    assert len(jobs) == 2
    for job in jobs:
        own = [one for one in ran.objects if one["job"] == job]
        assert [one["state"] for one in own][:2] == ["queued", "submitting"]
        last = own[-1]
        assert (last["state"], last["error"], last["model"]) == ("saved", None, "gpt-image-2")
        assert last["prompt"] == "灯塔 \x1b[31m"
        (file,) = last["files"]
        assert set(file) == {"path", "width", "height", "format", "bytes", "sha256"}
        assert Path(file["path"]).stat().st_size == file["bytes"]
        assert all(set(one) == set(last) for one in own)


@pytest.mark.parametrize(
    ("faults", "code", "kind"),
    [
        (["submit:400"], 1, "refused"),
        (["poll:failed"], 1, "failed"),
        (["submit:401"], 3, "auth"),
        (["submit:402"], 3, "quota"),
        (["submit:drop-after"], 5, "unknown"),
        (["submit:500"], 5, "unknown"),
        (["poll:fewer"], 6, "partial"),
        (["poll:401"], 3, "auth"),
        (["submit:429,retry-after=0.01"], 8, "limited"),
        (["image:404"], 6, "expired"),
        (["image:not-an-image=html"], 6, "quarantined"),
    ],
)
def test_what_the_gateway_does_has_its_exit_code(
    deck: Deck, at_gateway: AtGateway, faults: list[str], code: int, kind: str
) -> None:
    gateway = at_gateway(*faults)
    ran = deck("generate", "gpt", "a lighthouse", "--n", "2", "--json")
    assert ran.code == code, ran.err
    assert ran.objects[-1]["error"]["kind"] == kind
    assert len(gateway.ledger().accepted) <= 1


def test_a_refused_key_leaves_the_rest_queued(deck: Deck, at_gateway: AtGateway) -> None:
    at_gateway(key="another-key-than-ours")
    ran = deck("generate", "gpt", "a lighthouse", "--count", "12")
    assert ran.code == 3
    assert "imagedeck key status" in ran.err
    queued = [one for one in deck("jobs", "--json").objects if one["state"] == "queued"]
    assert queued


def test_no_gateway_leaves_everything_queued_and_resume_sends_it(
    deck: Deck, http_gateway: AtGateway, free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEDECK_BASE_URL", f"http://127.0.0.1:{free_port}")
    monkeypatch.setenv("IMAGEDECK_API_KEY", "a-key-for-tests-only")
    ran = deck("generate", "gpt", "a lighthouse", "--count", "2")
    assert ran.code == 4
    assert ran.out == ""
    assert "the gateway can't be reached (Connection refused) — check the network, the" in ran.err
    assert f"Nothing more is sent to http://127.0.0.1:{free_port}: " in ran.err
    assert "2 unfinished jobs: `imagedeck resume` goes on." in ran.err
    assert {one["state"] for one in deck("jobs", "--json").objects} == {"queued"}
    http_gateway(port=free_port)
    again = deck("resume")
    assert again.code == 0
    assert len(again.lines) == 2
    assert deck("resume").err == "Nothing is unfinished.\n"


def test_a_file_in_place_of_the_output_folder_stops_before_anything_is_sent(
    deck: Deck, at_gateway: AtGateway, tmp_path: Path
) -> None:
    gateway = at_gateway()
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    ran = deck("generate", "gpt", "a lighthouse", "--output-dir", str(blocked / "in"), "--json")
    assert ran.code == 6
    assert ran.objects[-1]["error"]["kind"] == "disk"
    assert not gateway.ledger().accepted
    assert deck("jobs").out == ""


def test_a_folder_taken_away_meanwhile_costs_no_image(
    deck: Deck, at_gateway: AtGateway, home: Path
) -> None:
    gateway = at_gateway("poll:status=thinking")
    folder = home / "images"
    assert deck("generate", "gpt", "a cat", "--no-wait", "--output-dir", str(folder)).code == 0
    folder.rmdir()
    folder.touch()
    gateway.play()
    ran = deck("resume")
    assert ran.code == 0
    (path,) = ran.lines
    assert Path(path).parent == home / ".local/share/imagedeck/spool"
    assert "kept here, because" in ran.err


def test_timeout_ends_the_wait_not_the_job(deck: Deck, at_gateway: AtGateway) -> None:
    gateway = at_gateway("poll:status=thinking")
    ran = deck("generate", "gpt", "a lighthouse", "--timeout", "0.3")
    assert ran.code == 8
    assert "1 unfinished job: `imagedeck resume` goes on." in ran.err
    gateway.play()
    again = deck("resume", "--timeout", "20")
    assert again.code == 0
    assert len(again.lines) == 1


def test_no_wait_ends_once_the_task_is_known(deck: Deck, at_gateway: AtGateway) -> None:
    gateway = at_gateway("poll:status=thinking")
    ran = deck("generate", "gpt", "a lighthouse", "--no-wait", "--json")
    assert ran.code == 0
    assert ran.objects[-1]["state"] == "pending"
    assert ran.objects[-1]["task_id"]
    gateway.play()
    waited = deck("wait", ran.objects[-1]["job"][-10:].upper(), "--timeout", "20")
    assert waited.code == 0
    assert len(waited.lines) == 1


def test_retry_makes_a_linked_job_in_todays_folder(
    deck: Deck, at_gateway: AtGateway, tmp_path: Path
) -> None:
    gateway = at_gateway("poll:failed")
    failed = deck("generate", "gpt", "a lighthouse", "--json").objects[-1]
    gateway.play()
    folder = tmp_path / "elsewhere"
    ran = deck("retry", failed["job"][-10:], "--output-dir", str(folder), "--json")
    assert ran.code == 0
    new = ran.objects[-1]
    assert new["job"] != failed["job"]
    assert Path(new["files"][0]["path"]).parent == folder
    assert deck("show", new["job"], "--json").objects[0]["follows"] == failed["job"]
    refused = deck("retry", new["job"])
    assert (refused.code, refused.err) == (
        2,
        f"Job {new['job'][-10:]} is saved; --again makes it once more.\n",
    )
    assert deck("retry", new["job"], "--again").code == 0


def test_retry_never_sends_what_may_be_billed(deck: Deck, at_gateway: AtGateway) -> None:
    gateway = at_gateway("submit:drop-after")
    unknown = deck("generate", "gpt", "a lighthouse", "--json").objects[-1]
    ran = deck("retry", unknown["job"])
    assert ran.code == 2
    assert "may have been accepted, and billed" in ran.err
    assert len(gateway.ledger().accepted) == 1


def test_waiting_for_what_has_ended_tells_how(deck: Deck, at_gateway: AtGateway) -> None:
    at_gateway("poll:failed")
    failed = deck("generate", "gpt", "a lighthouse", "--json").objects[-1]
    ran = deck("wait", failed["job"])
    assert ran.code == 1
    assert f"`imagedeck retry {failed['job'][-10:]}` makes it anew" in ran.err


def test_references_go_along(deck: Deck, at_gateway: AtGateway) -> None:
    gateway = at_gateway()
    Image.new("RGB", (80, 60), "red").save("red.png")
    ran = deck("generate", "seedream", "a cat", "--image", "red.png", "--json")
    assert ran.code == 0, ran.err
    shown = deck("show", ran.objects[-1]["job"]).out
    assert "reference  red.png  80x60" in shown
    assert len(gateway.ledger().accepted) == 1
