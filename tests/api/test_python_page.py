"""The examples of docs/python.md, run as they stand there."""

import ast
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

import tui.api
from tui.api import DeckError

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```python(| sync)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WHOLE = [text for kind, text in EXAMPLES if kind or "asyncio.run" in text]
INSIDE = [text for kind, text in EXAMPLES if not kind and "asyncio.run" not in text]


@pytest.mark.parametrize("text", WHOLE, ids=range(len(WHOLE)))
def test_a_whole_program_runs(home: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    exec(compile(text, "docs/python.md", "exec"), {})  # noqa: S102 - that is what is tested
    out = capsys.readouterr().out
    assert str(home / "Pictures/imagedeck/demo") in out


async def test_the_parts_run_one_after_the_other(home: Path) -> None:
    names: dict[str, Any] = {}
    async with tui.api.Deck(demo=True) as names["deck"]:
        for text in INSIDE:
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            code = compile(textwrap.dedent(text), "docs/python.md", "exec", flags)
            if (waiting := eval(code, names)) is not None:  # noqa: S307 - that is what is tested
                await waiting
        jobs = await names["deck"].jobs(limit=None)
    assert {job.state.value for job in jobs} == {"saved"}
    assert len(jobs) > 15
    del home


def test_the_tree_of_errors_is_that_of_the_module() -> None:
    shown = PAGE.split("<!-- errors -->\n```text\n")[1].split("```\n<!-- /errors -->")[0].strip()
    documented = textwrap.dedent((DeckError.__doc__ or "").split("\n\n", 1)[1]).strip()
    assert shown == documented
    names = re.findall(r"\w+Error", shown)
    assert set(names) == {one for one in tui.api.__all__ if one.endswith("Error") and one in names}
    assert all(issubclass(getattr(tui.api, one), DeckError) for one in names)
