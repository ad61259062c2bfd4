"""The compose file of docs/shared.md: whole, healthy, open to nobody, without a password."""

import re
from pathlib import Path
from typing import Any

import pytest

yaml = pytest.importorskip("yaml", reason="an S3 imitation brings it")

_FOLDER = Path(__file__).parents[1] / "docs" / "shared"
_TEXT = (_FOLDER / "compose.yaml").read_text("utf-8")
_VARIABLE = re.compile(r"\$\{(\w+)(:[?-][^}]*)?\}")


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(_TEXT)


def test_each_server_keeps_its_data_says_how_it_is_and_comes_back(compose: Any) -> None:
    assert compose["services"].keys() == {"database", "images"}
    for service in compose["services"].values():
        assert service["restart"] == "unless-stopped"
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        assert ":" in service["image"]
        ((volume, _colon, place),) = (one.partition(":") for one in service["volumes"])
        assert volume in compose["volumes"]
        assert place.startswith("/")


def test_only_this_host_reaches_them_unless_somebody_says_so(compose: Any) -> None:
    for service in compose["services"].values():
        for port in service["ports"]:
            assert re.fullmatch(r"\$\{BIND:-127\.0\.0\.1\}:(\d+):\1", port)


def test_every_secret_comes_from_the_file_of_the_example() -> None:
    example = (_FOLDER / "env.example").read_text("utf-8")
    named = dict(re.findall(r"^(\w+)=(.*)$", example, re.MULTILINE))
    assert {name for name, _rule in _VARIABLE.findall(_TEXT)} == named.keys()
    for name, rule in _VARIABLE.findall(_TEXT):
        is_secret = "PASSWORD" in name or "KEY" in name
        assert rule.startswith(":?" if is_secret else ":-")
        assert (named[name] == "") is is_secret


def test_the_rules_for_prometheus_name_what_a_worker_serves() -> None:
    metrics = pytest.importorskip("tui.services.metrics")
    page = (_FOLDER.parent / "shared.md").read_text("utf-8")
    served = {one.name for one in metrics.Meter().registry.collect()}
    told = set(re.findall(r"\b(imagedeck_[a-z_]+?)(?:_total)?\b(?![-@.])", page))
    assert {one for one in told if one != "imagedeck_yml"} == {
        one for one in served if one.startswith("imagedeck_")
    }
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    rules = [one for block in blocks for one in yaml.safe_load(block).get("groups", ())]
    assert [len(one["rules"]) for one in rules] == [3]
