from click.testing import CliRunner

from tui.cli.gateway import gateway
from tui.core.widths import cells


def test_help_lists_the_faults() -> None:
    said = CliRunner().invoke(gateway, ["--help"])
    assert said.exit_code == 0
    for word in ("--port", "--pace", "drop-after", "other-task", "not-an-image", "retry-after"):
        assert word in said.output
    assert max(map(cells, said.output.splitlines())) <= 80


def test_an_unknown_fault_is_refused_with_those_that_are() -> None:
    said = CliRunner().invoke(gateway, ["--fault", "submit:nothing"])
    assert said.exit_code == 2
    assert "There is no fault 'submit:nothing'" in said.output
    assert "drop-before" in said.output
