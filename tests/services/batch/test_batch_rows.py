import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.core.references import References
from tui.core.request import Reference
from tui.models import MODELS, find_model
from tui.services.batch.confined import located
from tui.services.batch.formats import RawRow
from tui.services.batch.rows import Row, RowReader


def take(sources: Sequence[str], _field: References) -> tuple[Sequence[Reference], Sequence[Fault]]:
    return [Reference(name=one, url=one) for one in sources], []


def reader(model: str | None = "gpt", **options: Any) -> RowReader:
    fields = {"gpt-image-2": {"quality": "low"}}
    found = find_model(model) if model else None
    return RowReader(**{"fields": fields, "model": found, "take": take, **options})


def read(values: Mapping[str, Any], **options: Any) -> Row | list[str]:
    row = reader(**options).read(RawRow(7, values))
    return row if isinstance(row, Row) else [str(fault) for fault in row]


def bodies(values: Mapping[str, Any], **options: Any) -> list[tuple[str, Mapping[str, Any]]]:
    row = read(values, **options)
    assert isinstance(row, Row), row
    return [(one.model, one.values) for one in row.requests()]


def test_a_row_goes_before_the_flag_and_the_settings() -> None:
    assert (
        bodies({"prompt": "a cat", "size": "", "count": "2"})
        == [("gpt-image-2", {"prompt": "a cat", "quality": "low"})] * 2
    )
    one = {"prompt": "a cat", "model": "GEMINI", "size": "2k"}
    assert bodies(one) == [("gemini-3.1-flash-image", {"prompt": "a cat", "size": "2K"})]


def test_every_fault_of_a_row_comes_at_once() -> None:
    found = read({"prompt": " ", "size": "huge", "n": 0, "stars": 5, "count": 1.5})
    assert isinstance(found, list)
    assert [one.split(":")[0] for one in found] == ["count", "stars", "size", "n", "prompt"]
    assert read({"prompt": "x"}, model=None) == [
        "model: name one in the row, or for all with -m MODEL"
    ]
    assert "Did you mean 'seedream'?" in read({"prompt": "x", "model": "seedrem"})[0]
    assert read({"prompt": "x", "image": 3}, model="seedream") == [
        "image: '3': must be a file, a URL, or a list of them"
    ]


@pytest.mark.parametrize("value", [True, 1, 1.0, "1", None, [1], {"a": 1}])
def test_a_value_is_judged_by_itself_whatever_was_read_before(value: Any) -> None:
    one = reader()
    for before in (1, True, 1.0, "1"):
        one.read(RawRow(1, {"prompt": "x", "n": before}))
    alone = reader().read(RawRow(2, {"prompt": "x", "n": value}))
    after = one.read(RawRow(2, {"prompt": "x", "n": value}))
    assert isinstance(alone, Row) is isinstance(after, Row)
    if isinstance(alone, Row) and isinstance(after, Row):
        assert list(alone.requests()) == list(after.requests())


class Watched(dict[str, Any]):
    """Values that note who reads the prompt."""

    read_prompt = False

    def __getitem__(self, name: str) -> Any:
        self.read_prompt |= name == "prompt"
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read_prompt |= name == "prompt"
        return super().get(name, default)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.id))
def test_what_rows_have_in_common_is_checked_once_because_no_rule_reads_the_prompt(
    model: Any,
) -> None:
    values = Watched(prompt="x", size="1024x1024", quality="low", background="transparent")
    for rule in model.rules:
        list(rule(values))
    assert not values.read_prompt


def test_warnings_are_gathered() -> None:
    one = reader()
    for line in (3, 4, 9):
        one.read(RawRow(line, {"prompt": "x", "size": "1920x1080"}))
    one.read(RawRow(10, {"prompt": "x" * 32_001}))
    (size, line, number), (prompt, *lines) = sorted(one.warnings(), reverse=True)
    assert (line, number) == (3, 3)
    assert size.startswith("size: '1920x1080'")
    assert "32,001 characters" in prompt
    assert lines == [10, 1]


def test_a_row_with_choices_makes_several_and_other_columns_are_variables() -> None:
    seen: list[Mapping[str, Any]] = []

    def expand(prompt: str, others: Mapping[str, Any]) -> Iterator[str]:
        seen.append(others)
        yield from (f"{prompt} 1", f"{prompt} 2")

    made = bodies({"prompt": "a", "count": 2, "subject": "cat"}, expand=expand)
    assert [values["prompt"] for _, values in made] == ["a 1", "a 1", "a 2", "a 2"]
    assert seen == [{"subject": "cat"}]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "batch"
    (place / "sub").mkdir(parents=True)
    (place / "a.png").touch()
    (place / "sub/b.png").touch()
    (tmp_path / "secret.png").touch()
    (place / "link.png").symlink_to(tmp_path / "secret.png")
    return place


@pytest.mark.parametrize("source", ["a.png", "sub/b.png", "./sub/../a.png", "{folder}/a.png"])
def test_paths_under_the_files_folder_are_taken(folder: Path, source: str) -> None:
    place = located(source.format(folder=folder), folder, field="image", trusted=False)
    assert Path(place).is_relative_to(folder)
    assert Path(place).exists()


@pytest.mark.parametrize(
    "source",
    [
        "../secret.png",
        "link.png",
        "{folder}/../secret.png",
        "file://{folder}/../secret.png",
        "/etc/passwd",
        r"..\/secret.png",
        r".\./secret.png",
        "'../secret.png'",
        "~/x.png",
        "gone.png",
        "a\0.png",
    ],
)
def test_no_other_path_is_taken_unless_trusted(folder: Path, source: str) -> None:
    given = source.format(folder=folder)
    with pytest.raises(RefusedError) as refused:
        located(given, folder, field="image", trusted=False)
    assert str(refused.value).startswith("image: ")
    if "\0" not in given and "~" not in given and "file:" not in given:
        assert located(given, folder, field="image", trusted=True) == os.path.join(folder, given)  # noqa: PTH118


@pytest.mark.parametrize(
    "url", ["https://a.example/x.png", "http://a.example/x", "data:image/png;base64,AAAA"]
)
def test_urls_stay_as_they_are(folder: Path, url: str) -> None:
    assert located(url, folder, field="image", trusted=False) == url
