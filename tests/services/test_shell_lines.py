import os
import shlex
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tui.cli.root import root
from tui.cli.show import FORMS
from tui.core.job import Job, Saved, State
from tui.core.request import Reference, Request
from tui.services.places import Places
from tui.services.shell_lines import Form, given_as

EVIL = 'it\'s `id` $HOME \\ "x" – 灯塔'
SSH = {"SSH_CONNECTION": "10.0.0.2 50000 10.0.0.1 2222"}


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return replace(Places.standard(), data=tmp_path)


def job(model: str = "gpt-image-2", prompt: str = EVIL, **facts: object) -> Job:
    values = {"prompt": prompt, **({"quality": "low", "n": 2} if model == "gpt-image-2" else {})}
    return Job(
        id="a" * 32,
        request=Request(model=model, values=values, references=facts.pop("references", ())),
        state=State.SAVED,
        created=1.0,
        updated=1.0,
        folder="/images",
        template="{id}",
        task_id="img_gen_1",
        files=tuple(
            Saved(path=path, index=1, width=1, height=1, format="PNG", bytes=1, sha256="x")
            for path in ("/images/one two.png",)
        ),
    )


def give(form: Form, places: Places, *jobs: Job, environ: dict[str, str] | None = None) -> str:
    base_url = "https://gateway.example"
    return given_as(form, jobs, base_url=base_url, places=places, environ=environ or {})


def run(line: str, folder: Path) -> list[str]:
    """Let a shell read the line; return what curl, or whoever, was given."""
    fake = folder / "bin"
    fake.mkdir()
    for name in ("curl", "scp"):
        (fake / name).write_text(
            '#!/bin/sh\nprintf "%s\\0" "$@"\n[ "$6" = --data-binary ] && cat\n'
        )
        (fake / name).chmod(0o755)
    environ = {"PATH": f"{fake}:{os.environ['PATH']}", "IMAGEDECK_API_KEY": "KEY", "HOME": "/h"}
    done = subprocess.run(
        ["/bin/sh", "-c", line], env=environ, capture_output=True, text=True, check=False
    )
    return done.stdout.split("\0")


def test_the_forms_of_the_command_line_are_those_there_are() -> None:
    assert tuple(Form) == FORMS


def test_plain_parts_one_a_line(places: Places) -> None:
    assert give(Form.FILE, places, job(), job()) == "/images/one two.png\n/images/one two.png"
    assert give(Form.PROMPT, places, job()) == EVIL
    assert give(Form.TASK, places, job()) == "img_gen_1"
    nothing = replace(job(), files=(), task_id=None)
    assert [give(form, places, nothing) for form in (Form.FILE, Form.TASK, Form.SCP)] == [""] * 3


def test_curl_sends_the_request_and_takes_the_key_from_the_variable(
    places: Places, tmp_path: Path
) -> None:
    line = give(Form.CURL, places, job())
    assert "KEY" not in line.replace("IMAGEDECK_API_KEY", "")
    url, *words = run(line, tmp_path)
    assert url == "https://gateway.example/v2/extend/image/gpt_image/generations"
    assert "X-API-Key: KEY" in words
    assert '"n": 2' in words[5]
    assert EVIL.replace("\\", "\\\\").replace('"', '\\"') in words[5]


def test_curl_reads_reference_files_where_they_are_kept(places: Places, tmp_path: Path) -> None:
    places.references.mkdir(parents=True)
    (places.references / "abc").write_bytes(b"picture")
    references = (
        Reference(name="a.png", sha256="abc", media_type="image/png"),
        Reference(name="b", url="https://example.org/b.png"),
    )
    line = give(Form.CURL, places, job("seedream-5.0-lite", references=references))
    body = run(line, tmp_path)[-1]
    assert '"data:image/png;base64,cGljdHVyZQ==", "https://example.org/b.png"' in body
    assert "`id` $HOME" in body


def test_the_command_is_one_that_imagedeck_reads(places: Places) -> None:
    references = (Reference(name="a.png", sha256="abc"),)
    for one in (job(), job("seedream-5.0-lite", "--help", references=references)):
        words = shlex.split(give(Form.COMMAND, places, one))
        assert words[:2] == ["imagedeck", "generate"]
        _, command, rest = root.resolve_command(
            root.make_context("imagedeck", ["models"]), words[1:]
        )
        assert command
        below = command.make_context("generate", list(rest))
        name, model, rest = command.resolve_command(below, [*below._protected_args, *below.args])
        params = model.make_context(name, rest, parent=below).params
        assert " ".join(params["prompt"]) == one.prompt
        assert params.get("quality") == one.request.values.get("quality")
        if one.request.references:
            assert params["image"] == (str(places.references / "abc"),)
    assert " --demo " in give(Form.COMMAND, replace(places, demo=True), job())
    assert give(Form.CURL, replace(places, demo=True), job()) == ""


def test_scp_names_the_machine_as_the_other_side_knows_it(places: Places, tmp_path: Path) -> None:
    line = give(Form.SCP, places, job(), environ=SSH)
    *words, end = run(line, tmp_path)
    assert words[:2] == ["-P", "2222"]
    assert words[2].endswith("@10.0.0.1:/images/one two.png")
    assert (words[3], end) == (".", "")
    six = give(Form.SCP, places, job(), environ={"SSH_CONNECTION": "::1 5 fe80::1 22"})
    assert "@[fe80::1]:" in six
    assert "-P" not in six


def test_a_model_of_another_version_has_no_line(places: Places) -> None:
    unknown = job("a model of next year")
    assert give(Form.CURL, places, unknown) == give(Form.COMMAND, places, unknown) == ""
