"""Checks of the machine: room, file system, the decoder of images."""

import asyncio
import base64
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tui.cli.doctor.check import Check
from tui.core.bucket import Bucket
from tui.core.language import _, marked
from tui.core.retelling import retold
from tui.core.units import amount
from tui.services.decode import BadImageError, Decoder, DecoderError
from tui.services.files import StorageError, check_folder
from tui.services.journal.moved import place_noted
from tui.services.journal.opening import need_driver
from tui.services.journal.protocol import JournalError
from tui.services.journal.storage import network_kind
from tui.services.places import Places
from tui.services.settings import Settings
from tui.services.store.store import Store

_LEAST_FREE = 500 * 1024**2
_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJg"
    "gg=="
)


def disk_checks(settings: Settings, places: Places) -> Iterator[Check]:
    """Look at the folders that images and jobs go to."""
    place = settings.output_dir
    if isinstance(place, Bucket):
        yield bucket_check(place)
    else:
        yield _room(marked("images"), place)
    yield _room(marked("jobs"), places.data)
    if settings.database_url:
        yield database_check(settings.database_url)
    elif moved := place_noted(places.database):
        says = _("the jobs have been moved to {place}", place=moved)
        do = _("Put its address into IMAGEDECK_DATABASE_URL, or into the settings as database_url.")
        yield Check(marked("database"), says, do)
    yield file_system_check(places.data, network_kind(_existing(places.data)))


def file_system_check(place: Path, kind: str | None) -> Check:
    """Say where the jobs lie; `kind` is the network file system, where it is one."""
    if kind:
        do = _("Move the jobs to a local disk: set XDG_DATA_HOME to a folder on one.")
        says = _("{data} lies on {kind}, slow and with weak locks", data=place, kind=kind)
        return Check(marked("file system"), says, do)
    return Check(marked("file system"), _("{data} lies on a local disk", data=place))


def database_check(url: str) -> Check:
    """Ask the shared database how it is."""
    name, do = marked("database"), _("docs/shared.md says how one is made and reached.")
    try:
        need_driver()
        from tui.services.journal.postgres import care

        found = care.status(url)
    except JournalError as error:
        return Check(name, retold(str(error)), do)
    says = _(
        "{where}: PostgreSQL {server}, {number} at work",
        where=found.where,
        server=found.server,
        number=len(found.owners),
    )
    return Check(name, says)


def bucket_check(place: Bucket) -> Check:
    """Try whether images can be written into a bucket."""
    name = marked("images in S3")
    try:
        asyncio.run(Store(os.environ).check(place))
    except StorageError as error:
        return Check(name, retold(str(error)), _('docs/shared.md, "Images", has the variables.'))
    return Check(name, _("{place} can be written to, and replaces nothing", place=place))


def _room(name: str, folder: Path) -> Check:
    label = _("disk ({name})", name=_(name))
    try:
        check_folder(folder)
    except StorageError as error:
        return Check(
            label, retold(str(error)), _("Give the folder back, or choose another: --output-dir.")
        )
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        return Check(
            label,
            _("{free} free at {folder}", free=amount(free), folder=folder),
            _("Make room: images are 1 to 20 MB."),
        )
    return Check(label, _("{free} free at {folder}", free=amount(free), folder=folder))


def _existing(path: Path) -> Path:
    return next(one for one in (path, *path.parents) if one.exists())


async def decoder_check() -> Check:
    """Decode one pixel, as every image is."""
    decoder = Decoder(children=1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            await decoder.inspect(_pixel(Path(folder, "pixel.png")))
    except (DecoderError, BadImageError, OSError) as error:
        do = _("Install imagedeck anew: Pillow, or the Python beside it, does not start.")
        return Check(marked("decoder"), retold(str(error)), do)
    finally:
        await decoder.close()
    return Check(marked("decoder"), _("images can be checked"))


def _pixel(file: Path) -> Path:
    file.write_bytes(_PIXEL)
    return file
