"""The gateway's answers without what was asked for: kept, because they may be paid for."""

import logging
import os
from pathlib import Path

from tui.core.language import english
from tui.services.files import StorageError, new_part, on_disk, private, sync_folder
from tui.services.log import without_secrets

_log = logging.getLogger(__name__)


class Answers:
    """A folder with one file for each job that ended in such an answer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, job_id: str, answer: bytes) -> str | None:
        """Keep an answer, without the key that it may repeat; return a sentence that says where.

        None when there is nothing to keep, or no room for it.
        """
        if not answer:
            return None
        path = self._folder / f"{job_id}.answer"
        text = answer.decode("utf-8", "surrogateescape")
        try:
            with on_disk(self._folder):
                part = new_part(self._folder, ".")
                try:
                    with open(part, "xb", opener=private) as file:
                        file.write(without_secrets(text).encode("utf-8", "surrogateescape"))
                        os.fsync(file.fileno())
                    part.replace(path)
                    sync_folder(self._folder)
                finally:
                    part.unlink(missing_ok=True)
        except StorageError as error:  # the job says what happened all the same
            _log.warning("the answer about job %s was not kept: %s", job_id, error)
            return None
        return english("The gateway's answer is kept as {path}.", path=path)
