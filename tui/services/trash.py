"""The system's trash."""

from collections.abc import Iterable
from pathlib import Path

from tui.core.bucket import is_remote
from tui.core.language import _
from tui.core.retelling import retold
from tui.services.sidecar import sidecar_path


def trash_images(paths: Iterable[str]) -> list[str]:
    """Put images, and the files beside them, into the trash; return what could not be and why.

    What is not there any more counts as done. Images in buckets stay where they are: others may
    look at them, and a bucket has no trash.
    """
    here = [path for path in paths if not is_remote(path)]
    if not here:
        return []
    from send2trash import send2trash  # type: ignore[import-untyped]  # it carries no types

    problems = []
    for path in here:
        for one in (Path(path), sidecar_path(Path(path))):
            if not one.exists() and not one.is_symlink():
                continue
            try:
                send2trash(one)
            except OSError as error:
                problems.append(
                    _("{path}: {reason}", path=one, reason=retold(error.strerror or str(error)))
                )
    return problems
