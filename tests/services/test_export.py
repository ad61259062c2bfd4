import csv
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.grid import Cell
from tui.core.job import Job, Saved, State
from tui.core.request import Reference, Request
from tui.services.export.items import Item, items_of
from tui.services.export.sheet import joined, sheet
from tui.services.export.writing import (
    ExportError,
    write_csv,
    write_folder,
    write_jsonl,
    write_zip,
)

HOSTILE = (
    '"><img src=x onerror=alert(1)></script><script>alert(2)</script>\x1b[31m\u202e {red|blue}'
)


def make_job(folder: Path, number: int = 0, prompt: str = "a boat", **facts: Any) -> Job:
    folder.mkdir(exist_ok=True)
    image = folder / f"boat {number}%#?.png"
    image.write_bytes(b"image %d" % number)
    image.with_name(f"{image.name}.json").write_text("{}")
    saved = Saved(
        path=str(image), index=1, width=4, height=3, format="PNG", bytes=7, sha256="0" * 64
    )
    model = facts.pop("model", "gpt-image-2")
    references = (Reference(name="x", url="https://a.example/x?signature=secret"),)
    values = {"prompt": prompt, "size": "4x3"}
    given = {
        "id": f"{number:032x}",
        "request": Request(model=model, values=values, references=references),
        "state": State.SAVED,
        "created": 1_800_000_000.0,
        "updated": 1_800_000_000.0,
        "folder": str(folder),
        "template": "x",
        "files": (saved,),
    }
    return Job(**{**given, **facts})


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page_of(items: list[Item]) -> Page:
    return Page(joined(sheet(items, "images")).decode())


def test_a_folder_holds_images_sidecars_and_a_page_that_shows_them(tmp_path: Path) -> None:
    jobs = [make_job(tmp_path / "a", one) for one in range(2)]
    jobs.append(make_job(tmp_path / "b", 1))  # of the same name
    target = tmp_path / "new" / "out"
    assert write_folder(list(items_of(jobs)), target, pytest.fail) == 3
    images = sorted(one.name for one in (target / "images").iterdir())
    assert images == sorted(
        f"{stem}{ending}"
        for stem in ("boat 0%#?.png", "boat 1%#?.png", "boat 1%#?_2.png")
        for ending in ("", ".json")
    )
    page = Page((target / "index.html").read_text())
    sources = [value for name, value in page.attributes if name == "src"]
    assert sources == [
        f"images/boat%20{one}.png" for one in ("0%25%23%3F", "1%25%23%3F", "1%25%23%3F_2")
    ]
    assert list(tmp_path.rglob("*.part")) == []


def test_nothing_that_exists_is_overwritten_and_a_failure_leaves_nothing(tmp_path: Path) -> None:
    items = list(items_of([make_job(tmp_path / "a")]))
    target = tmp_path / "out"
    target.mkdir()
    write_folder(items, target, pytest.fail)
    for write, name in ((write_folder, "out"), (write_zip, "a.zip"), (write_jsonl, "a.jsonl")):
        place = tmp_path / name
        before = place.stat().st_mtime_ns if place.exists() else None
        if before is None:
            place.write_text("mine")
        arguments = (items, place) if write is write_jsonl else (items, place, pytest.fail)
        with pytest.raises(ExportError, match="exists already"):
            write(*arguments)  # type: ignore[operator]
    assert (tmp_path / "a.zip").read_text() == "mine"
    assert not list(tmp_path.glob(".*"))


def test_an_image_that_is_gone_is_told_of_and_the_others_are_there(tmp_path: Path) -> None:
    jobs = [make_job(tmp_path / "a", one) for one in range(2)]
    Path(jobs[0].files[0].path).unlink()
    missing: list[Item] = []
    items = list(items_of(jobs))
    assert write_zip(items, tmp_path / "out.zip", missing.append) == 1
    assert write_folder(items, tmp_path / "out", missing.append) == 1
    assert [one.job for one in missing] == [jobs[0]] * 2
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 3
        page = archive.read("index.html").decode()
    assert page == (tmp_path / "out" / "index.html").read_text()


def test_metadata_as_lines_and_as_a_table_without_secrets(tmp_path: Path) -> None:
    items = list(items_of([make_job(tmp_path / "a", prompt=HOSTILE), make_job(tmp_path / "a", 1)]))
    write_jsonl(items, tmp_path / "a.jsonl")
    write_csv(items, tmp_path / "a.csv")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert [one["prompt"] for one in lines] == [HOSTILE, "a boat"]
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["prompt"], row["size"]) for row in rows] == [(HOSTILE, "4x3"), ("a boat", "4x3")]
    for name in ("a.jsonl", "a.csv"):
        assert "secret" not in (tmp_path / name).read_text()


def test_a_comparison_is_a_grid_with_a_column_for_each_model(tmp_path: Path) -> None:
    models = ("gpt-image-2", "gemini-3-pro-image", "gpt-image-2")
    jobs = [
        make_job(tmp_path / "a", number, model=model, group="a-boat-1")
        for number, model in enumerate(models)
    ]
    jobs.insert(1, make_job(tmp_path / "a", 9, group="rows-1"))
    jobs.append(make_job(tmp_path / "a", 10, group="rows-1"))
    page = page_of(list(items_of(jobs)))
    assert page.tags.count("table") == 1
    assert (page.tags.count("figure"), page.tags.count("td")) == (5, 2)
    buttons = [value for name, value in page.attributes if name == "data-model"][:3]
    assert buttons == ["", "gpt-image-2", "gemini-3-pro-image"]


def test_a_sparse_grid_names_its_rows_and_columns(tmp_path: Path) -> None:
    cells = [(("size", "1K", 0), ("model", HOSTILE, 0)), (("size", "2K", 1), ("model", "gpt", 1))]
    jobs = [
        make_job(tmp_path / "a", at, f"boat {at}", group="x-1", row=Cell(*cell).key)
        for at, cell in enumerate(cells)
    ]
    page = page_of(list(items_of(jobs)))
    assert (page.tags.count("td"), page.tags.count("figure")) == (4, 2)
    text = " ".join("".join(page.text).split())
    assert "boat 0 and 1 more" in text
    assert "size 1K" in text
    assert "script" not in page.tags[:-1]


def test_a_page_asks_for_nothing_elsewhere(tmp_path: Path) -> None:
    text = joined(sheet(list(items_of([make_job(tmp_path / "a")])), "images")).decode()
    assert not re.search(r"https?:", text)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    assert policy[1].startswith("default-src 'none'")
    assert "unsafe" not in policy[1]


@given(st.text(max_size=60) | st.just(HOSTILE))
def test_no_prompt_becomes_markup(
    prompt: str,
) -> None:
    saved = Saved(path="/x/a.png", index=1, width=1, height=1, format="PNG", bytes=1, sha256="0")
    request = Request(model=prompt, values={"prompt": prompt, prompt: prompt})
    facts = {"created": 0.0, "updated": 0.0, "folder": "/", "template": "x", "files": (saved,)}
    job = Job(id="0" * 32, request=request, state=State.SAVED, **facts)
    axes = ("subject", prompt, 0), ("model", prompt, 0)
    compared = replace(job, id="1" * 32, group="x", row=Cell(*axes).key)
    other = replace(job, id="2" * 32, group="x", row=Cell(*axes, 2).key)
    page = page_of([Item(one, saved, prompt) for one in (job, compared, other)])
    plain = page_of(
        [
            Item(
                replace(one, request=Request(model="m", values={"prompt": "x", "y": "z"})),
                saved,
                "x",
            )
            for one in (job, compared, other)
        ]
    )
    assert page.tags == plain.tags
    assert [name for name, _ in page.attributes] == [name for name, _ in plain.attributes]
    assert "\x1b" not in "".join(page.text)
