"""Answers bent by a fault."""

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat

from tui.demo.answer import Answer, Ending
from tui.demo.chance import choose
from tui.demo.faults import FaultSpec

_PAGE = b"<!doctype html><title>Bad gateway</title><h1>502</h1><p>Sorry \xe2\x80\x94 nginx</p>"
_MEGABYTE = 1024**2

Bend = Callable[[Answer, FaultSpec, str], Answer]


class _Huge(Answer):
    """A JSON string of many megabytes that nobody has to hold."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(b"{}", chunked=True)
        self._megabytes = megabytes

    def pieces(self) -> Iterable[bytes]:
        """Return the body, a megabyte at a time."""
        yield b'{"task_id": "'
        yield from repeat(b"x" * _MEGABYTE, self._megabytes)
        yield b'"}'


def bend(answer: Answer, fault: FaultSpec | None, url: str) -> Answer:
    """Return what is sent instead of an answer to a request for `url`."""
    if fault is None:
        return answer
    if fault.status is not None:
        return _status(fault, fault.status)
    return _BENDS.get(fault.name, _unbent)(answer, fault, url)


def _status(fault: FaultSpec, status: int) -> Answer:
    headers = {}
    if "retry-after" in fault.options:
        headers["retry-after"] = fault.options["retry-after"]
    error = {"message": f"a planted fault: {fault.text}", "code": "planted"}
    content = b"" if status in {204, 304} else json.dumps({"error": error}).encode()
    return Answer(content, status, headers=headers)


def _unbent(answer: Answer, _fault: FaultSpec, _url: str) -> Answer:
    return answer


def _ending(ending: Ending, *, chunked: bool = False) -> Bend:
    def bend_it(answer: Answer, _fault: FaultSpec, _url: str) -> Answer:
        content, kind = answer.content, answer.media_type or ""
        return Answer(content, media_type=kind, ending=ending, chunked=chunked)

    return bend_it


def _html(_answer: Answer, _fault: FaultSpec, _url: str) -> Answer:
    return Answer(_PAGE, media_type="text/html")


def _redirect(_answer: Answer, fault: FaultSpec, url: str) -> Answer:
    location = fault.value.replace("{url}", url)
    return Answer(b"", int(fault.options.get("code", 302)), headers={"location": location})


def _truncated(answer: Answer, fault: FaultSpec, _url: str) -> Answer:
    content = answer.content
    # A submission's JSON begins with the id: an eighth of it ends within.
    short = len(content) // 8 if content.startswith(b'{"task_id"') else len(content) // 2
    kept = content[:-1] if fault.value == "id" else content[:short]
    return Answer(kept, media_type=answer.media_type or "")


def _gzip(answer: Answer, fault: FaultSpec, _url: str) -> Answer:
    content = bytes(int(fault.number * _MEGABYTE)) if fault.value else answer.content
    packed = gzip.compress(content, 1)
    headers = {"content-encoding": "gzip"}
    return Answer(packed, media_type=answer.media_type or "", headers=headers)


def _huge(_answer: Answer, fault: FaultSpec, _url: str) -> Answer:
    return _Huge(int(fault.number))


def _hostile(answer: Answer, fault: FaultSpec, _url: str) -> Answer:
    kind = fault.value or choose(sorted(_HOSTILE), answer.content)
    return Answer(_HOSTILE[kind](answer.content))


def _added(content: bytes, more: bytes) -> bytes:
    return content[:-1] + b", " + more + b"}"


def _with(content: bytes, **facts: object) -> bytes:
    return json.dumps({**json.loads(content), **facts}).encode()


_HOSTILE: Mapping[str, Callable[[bytes], bytes]] = {
    "deep": lambda content: _added(content, b'"x": ' + b"[" * 100_000 + b"]" * 100_000),
    "nan": lambda content: _added(content, b'"progress": NaN, "cost": -Infinity'),
    "integer": lambda content: _added(content, b'"seed": ' + b"9" * 10_000),
    "types": lambda _: b'{"task_id": {"id": 7}, "status": ["succeeded"], "model": 1, "result": 5}',
    "list": lambda content: b"[" + content + b"]",
    "bom": lambda content: b"\xef\xbb\xbf" + content,
    "duplicate": lambda content: b'{"task_id": "img_gen_other", "status": 1, ' + content[1:],
    "surrogate": lambda content: _added(content, b'"note": "\\ud83d", "detail": "\xff\xfe"'),
    "control": lambda content: _with(
        content, status="\x1b]0;owned\x07\x1b[31mpending\u202e\x9b2J", model="\x1b[2J[/x][bold]"
    ),
    "id": lambda content: _with(content, task_id="../../../etc/passwd?x=1#\r\nX-Evil: 1"),
    "long-id": lambda content: _with(content, task_id="img_gen_" + "é" * 10_000),
}
_BENDS: Mapping[str, Bend] = {
    "drop-before": _ending(Ending.NONE),
    "drop-after": _ending(Ending.NONE),
    "reset": _ending(Ending.RESET),
    "stall": _ending(Ending.STALL),
    "short": _ending(Ending.CUT),
    "cut": _ending(Ending.CUT, chunked=True),
    "truncated": _truncated,
    "html": _html,
    "gzip": _gzip,
    "huge": _huge,
    "redirect": _redirect,
    "hostile": _hostile,
}
