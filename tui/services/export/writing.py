"""An export on disk: complete or absent, never over something else."""

import csv
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tui.core.job import Saved
from tui.core.language import _
from tui.services.export.items import Item
from tui.services.export.sheet import joined, sheet
from tui.services.files import link, make_folder, new_part, on_disk, private
from tui.services.sidecar import sidecar_path
from tui.services.store.trouble import UnknownKeyError

Find = Callable[[Saved], Path]  # an image's file, a sidecar beside it
FORMATS = ("html", "zip", "csv", "jsonl")
_IMAGES, _PAGE = "images", "index.html"


class ExportError(Exception):
    """A place that can't be exported to; the message says why."""


def form_of(path: Path) -> str:
    """Tell a format by a path's ending; a folder with a page where it says none."""
    ending = path.suffix.lower().removeprefix(".")
    return ending if ending in FORMATS[1:] else FORMATS[0]


def where_it_is(saved: Saved) -> Path:
    """Return the path of an image on this machine."""
    return Path(saved.path)


def write(
    items: Sequence[Item],
    path: Path,
    form: str,
    miss: Callable[[Item], None],
    find: Find = where_it_is,
) -> int:
    """Write an export in one of FORMATS; return how many images. Raises as the others do.

    `find` returns an image's file, which may have to come from elsewhere.
    """
    match form:
        case "zip":
            return write_zip(items, path, miss, find)
        case "csv":
            return write_csv(items, path)
        case "jsonl":
            return write_jsonl(items, path)
        case _:
            return write_folder(items, path, miss, find)


def write_folder(
    items: Sequence[Item], target: Path, miss: Callable[[Item], None], find: Find = where_it_is
) -> int:
    """Write images, sidecars and the contact sheet into a new folder; return how many images.

    `miss` hears of each image that is not there any more. Raises ExportError, StorageError.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ExportError(_("{target} exists already; name a new or empty folder.", target=target))
    with on_disk(target.parent, copies=True):
        make_folder(target.parent)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
        try:
            (draft / _IMAGES).mkdir()
            there = []
            for item in items:
                try:
                    _copy(find(item.saved), draft / _IMAGES / item.name)
                except (FileNotFoundError, UnknownKeyError):
                    miss(item)
                    continue
                there.append(item)
            (draft / _PAGE).write_bytes(joined(sheet(there, _IMAGES)))
            draft.replace(target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
    return len(there)


def write_zip(
    items: Sequence[Item], target: Path, miss: Callable[[Item], None], find: Find = where_it_is
) -> int:
    """Write the same into a zip file; return how many images."""
    there = []
    with _new_file(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for item in items:
            try:
                image = find(item.saved)
                archive.write(image, f"{_IMAGES}/{item.name}")
            except (FileNotFoundError, UnknownKeyError):
                miss(item)
                continue
            there.append(item)
            beside = sidecar_path(image)
            if beside.is_file():
                archive.write(beside, f"{_IMAGES}/{item.name}.json", zipfile.ZIP_DEFLATED)
        page = joined(sheet(there, _IMAGES))
        archive.writestr(_PAGE, page, zipfile.ZIP_DEFLATED)
    return len(there)


def write_jsonl(items: Sequence[Item], target: Path) -> int:
    """Write an object a line about each image; return how many."""
    lines = (json.dumps(item.as_record(), ensure_ascii=True) + "\n" for item in items)
    with _new_file(target) as part, part.open("w", encoding="ascii") as file:
        file.writelines(lines)
    return len(items)


def write_csv(items: Sequence[Item], target: Path) -> int:
    """Write a row about each image, each field of the models in a column of its own."""
    fields = sorted({name for item in items for name in item.parameters})
    text = io.StringIO(newline="")
    plain = [name for name in items[0].as_record() if name != "values"] if items else []
    writer = csv.writer(text)
    writer.writerow([*plain, *fields])
    for item in items:
        record, values = item.as_record(), item.parameters
        record["references"] = " | ".join(one["name"] for one in record["references"])
        writer.writerow([*(record[name] for name in plain), *(values.get(one) for one in fields)])
    with _new_file(target) as part:
        part.write_bytes(text.getvalue().encode("utf-8-sig", "backslashreplace"))
    return len(items)


@contextmanager
def _new_file(target: Path) -> Iterator[Path]:
    """Give the part of a file its name when it is complete."""
    if target.exists():
        raise ExportError(_("{target} exists already; name another file.", target=target))
    with on_disk(target.parent, copies=True):
        part = new_part(target.parent, f".{target.name}.")
        try:
            with open(part, "xb", opener=private):
                pass
            yield part
            link(part, target)
        except FileExistsError as error:
            raise ExportError(
                _("{target} exists already; name another file.", target=target)
            ) from error
        finally:
            part.unlink(missing_ok=True)


def _copy(image: Path, target: Path) -> None:
    shutil.copyfile(image, target)
    beside = sidecar_path(image)
    if beside.is_file():
        shutil.copyfile(beside, target.with_name(f"{target.name}.json"))
    os.utime(target, (image.stat().st_atime, image.stat().st_mtime))
