"""A preset named on the command line."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from tui.cli.context import Cli
from tui.cli.output import note
from tui.core.fault import Fault
from tui.core.language import _
from tui.core.model import Model
from tui.core.text import clean, one_line


def with_preset(
    cli: Cli, model: Model, flags: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Return the flags with a preset's values where they say nothing; tell which those are.

    What is wrong with the preset's name goes to `faults`.
    """
    rest = dict(flags)
    name = rest.pop("preset", None)
    if name is None:
        return rest
    presets = cli.settings.presets
    preset = presets.get(name)
    if preset is None:
        faults.append(_unknown(name, list(presets)))
        return rest
    if preset.model != model.id:
        rule = _("is for {model}, not for {id}", model=preset.model, id=model.id)
        faults.append(Fault("preset", name, rule))
        return rest
    values: dict[str, Any] = {**preset.values}
    if model.references and preset.references:
        values[model.references.name] = preset.references
    used = {one: value for one, value in values.items() if not rest.get(one)}
    told = ", ".join(f"{one} {value}" for one, value in used.items())
    source = cli.settings.source(f"presets.{name}")
    note(
        _(
            "preset {name} ({source}): {told}",
            name=one_line(name, 64),
            source=clean(source),
            told=one_line(told, 500) or _("nothing"),
        )
    )
    if "prompt" in used:
        used["prompt"] = (str(used["prompt"]),)
    return {**rest, **used}


def _unknown(name: str, presets: list[str]) -> Fault:
    near = get_close_matches(name, presets, n=1)
    rule = _("there are {listed}", listed=clean(", ".join(presets)))
    rule = rule if presets else _("there are none; `imagedeck config edit` makes one")
    return Fault("preset", name, rule, near[0] if near else None)
