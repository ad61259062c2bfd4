"""A job as text to be pasted elsewhere: paths, its prompt, lines for a shell."""

import getpass
import json
import shlex
import socket
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path

from tui.core.job import Job
from tui.core.request import Reference
from tui.models import UnknownModelError, find_model
from tui.services.keys import KEY_VARIABLE
from tui.services.places import Places
from tui.services.store.originals import place_here

_END = "END_OF_BODY"


class Form(StrEnum):
    """What a job can be given as."""

    FILE = "file"
    PROMPT = "prompt"
    TASK = "task"
    CURL = "curl"
    COMMAND = "command"
    SCP = "scp"


def given_as(
    form: Form, jobs: Sequence[Job], *, base_url: str, places: Places, environ: Mapping[str, str]
) -> str:
    """Return jobs in a form, a line or more each; empty where there is nothing to give.

    No key is in it: curl gets it from the variable. Images in buckets go by the copies that are,
    or have to be, made of them here.
    """
    if form is Form.SCP:
        files = [one for job in jobs for one in job.files]
        return scp_line([place_here(places.data, one.path, one.sha256) for one in files], environ)
    return "\n".join(text for job in jobs if (text := _given(form, job, base_url, places)))


def _given(form: Form, job: Job, base_url: str, places: Places) -> str:
    match form:
        case Form.FILE:
            return "\n".join(one.path for one in job.files)
        case Form.PROMPT:
            return job.prompt
        case Form.TASK:
            return job.task_id or ""
        case Form.CURL:
            return "" if places.demo else _curl(job, base_url, places.references)
        case _:
            return _command(job, places)


def scp_line(paths: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the line that fetches files from here, to be typed on the other machine."""
    if not paths:
        return ""
    # client address, client port, server address, server port
    connection = environ.get("SSH_CONNECTION", "").split()
    host, port = connection[2:] if len(connection) == 4 else (socket.gethostname(), "22")
    place = f"{getpass.getuser()}@{f'[{host}]' if ':' in host else host}"
    files = [shlex.quote(f"{place}:{path}") for path in paths]
    return " ".join(["scp", *(["-P", port] if port != "22" else []), *files, "."])


def _command(job: Job, places: Places) -> str:
    try:
        model = find_model(job.request.model)
    except UnknownModelError:
        return ""
    words = ["imagedeck", "generate", model.id]
    for name, value in job.request.values.items():
        if name != "prompt" and (field := model.field(name)):
            words += [field.flag, str(value)]
    if model.references:
        for one in job.request.references:
            words += [model.references.flag, _source(one, places.references)]
    words += ["--demo"] if places.demo else []
    # A prompt that begins with a minus is no flag.
    return shlex.join([*words, "--", job.prompt])


def _curl(job: Job, base_url: str, references: Path) -> str:
    try:
        model = find_model(job.request.model)
    except UnknownModelError:
        return ""
    marks = {f"@{at}-{one.sha256}@": one for at, one in enumerate(job.request.references)}
    urls = [one.url or mark for mark, one in marks.items()]
    body = json.dumps(model.body(job.request, urls), ensure_ascii=False)
    head = (
        f"curl {shlex.quote(base_url + model.submit_path)} "
        f'-H "X-API-Key: ${KEY_VARIABLE}" -H "Content-Type: application/json"'
    )
    if all(one.url for one in job.request.references):
        return f"{head} -d {shlex.quote(body)}"
    # The shell puts the files in, which would be too long for a command line.
    for sign in ("\\", "$", "`"):
        body = body.replace(sign, f"\\{sign}")
    for mark, one in marks.items():
        path = shlex.quote(_source(one, references))
        body = body.replace(mark, f"data:{one.media_type};base64,$(base64 < {path} | tr -d '\\n')")
    return f"{head} --data-binary @- <<{_END}\n{body}\n{_END}"


def _source(reference: Reference, folder: Path) -> str:
    return reference.url or str(folder / (reference.sha256 or ""))
