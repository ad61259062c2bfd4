"""The completion of each shell: click's own, but for values behind a `=` or a colon."""

import os
from typing import TYPE_CHECKING

from click.shell_completion import (
    BashComplete,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# The line itself, not bash's words: those end at every `=` and colon.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line type value
    COMPREPLY=()
    for line in $(env COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \
%(complete_var)s=bash_complete "$1"); do
        IFS=',' read -r type value <<< "$line"
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_CURSOR = "|"


class _Joined(ShellComplete):
    """Completes the value in `--flag=value`, where click offers the value alone."""

    def get_completions(self, args: list[str], incomplete: str) -> "list[CompletionItem]":
        """Return whole words."""
        flag, is_joined, _ = incomplete.partition("=")
        items = super().get_completions(args, incomplete)
        if is_joined and flag.startswith("--"):
            for item in items:
                item.value = f"{flag}={item.value}"
        return items


class _Bash(_Joined, BashComplete):
    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Read the words before the cursor, and the one that it stands in."""
        *before, last = split_arg_string(os.environ["COMP_WORDS"] + _CURSOR)
        return before[1:], last.removesuffix(_CURSOR)

    def get_completions(self, args: list[str], incomplete: str) -> "list[CompletionItem]":
        """Return what is to stand behind the last break in a word: bash keeps what is before."""
        items = super().get_completions(args, incomplete)
        breaks = set(os.environ.get("COMP_WORDBREAKS", "")) & set("=:")
        kept = 1 + max((incomplete.rfind(one) for one in breaks), default=-1)
        for item in items:
            item.value = item.value[kept:]
        return items


class _Zsh(_Joined, ZshComplete):
    # Files are zsh's to find; it has to be told what stands before their names.
    source_template = ZshComplete.source_template.replace(
        "_path_files -f", "compset -P '--*='; _path_files -f"
    )


class _Fish(_Joined, FishComplete):
    # A description may hold commas.
    source_template = FishComplete.source_template.replace("string split", "string split --max 1")


SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def register_shells() -> None:
    """Let click answer the scripts of these shells."""
    for name, shell in SHELLS.items():
        add_completion_class(shell, name)
