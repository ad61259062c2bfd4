"""What a worker's host is to blame for, in words for people on other hosts."""

import re

from tui.core.job import ErrorKind, JobError
from tui.core.language import english

# What is put right there: a key, an account, the network, a folder.
THERE = frozenset({ErrorKind.AUTH, ErrorKind.QUOTA, ErrorKind.UNREACHABLE, ErrorKind.DISK})
_SIGNED = english("On worker {host}: {message}")
_HOST = re.compile(r"On worker (.*?): ", re.DOTALL)


def signed(host: str, message: str) -> str:
    """Return a message that names the worker's host; as it is where there is none."""
    return english(_SIGNED, host=host, message=message) if host else message


def worker_of(error: JobError | None) -> str:
    """Return the worker on whose host an error has to be put right; empty without one."""
    found = _HOST.match(error.message) if error and error.kind in THERE else None
    return found[1] if found else ""
