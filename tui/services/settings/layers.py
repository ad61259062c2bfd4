"""The settings files as layers of named values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.services.settings.check import validated
from tui.services.settings.declared import Problem, Reader, Statement
from tui.services.settings.document import Document
from tui.services.settings.schema import ProjectFile, UserFile
from tui.services.settings.values import Found, Layer, missing_profile

_BY_MODEL = ("fields", "in_flight", "presets", "prices")


@dataclass(frozen=True, slots=True)
class UserLayers:
    """What the user's file says in general, and in each of its profiles."""

    general: Layer
    profiles: Mapping[str, Layer]


def user_layers(document: Document) -> UserLayers:
    """Check the user's file whole. Raises SettingsError with a line for each fault."""
    reader = Reader(is_project=False)
    tables = document.tree
    general = [
        *_models(reader, tables),
        *reader.in_flight(tables.get("in_flight")),
        *reader.prices(("prices",), tables.get("prices")),
    ]
    profiles = tables.get("profiles")
    priced = {
        name: list(reader.prices(("profiles", name, "prices"), table.get("prices")))
        for name, table in (profiles.items() if isinstance(profiles, dict) else ())
        if isinstance(table, dict)
    }
    tree = validated(UserFile, document, [*reader.problems, *_chosen_profile(tables)])
    return UserLayers(
        _layer(document, tree, general),
        {
            name: _layer(document, table, priced[name], ("profiles", name))
            for name, table in tree.get("profiles", {}).items()
        },
    )


def project_layer(document: Document, user_file: Path) -> Layer:
    """Check a project file, which may come from a stranger and so sets less.

    `user_file` is named as the place for what it can't set. Raises SettingsError.
    """
    reader = Reader(is_project=True)
    models = list(_models(reader, document.tree))
    tree = validated(ProjectFile, document, reader.problems, str(user_file))
    return _layer(document, tree, models)


def _models(reader: Reader, tables: Mapping[str, Any]) -> list[Statement]:
    return [*reader.fields(tables.get("fields")), *reader.presets(tables.get("presets"))]


def _layer(
    document: Document,
    tree: Mapping[str, Any],
    models: Iterable[Statement],
    where: tuple[str, ...] = (),
) -> Layer:
    layer = {one.name: Found(one.value, document.where(one.path)) for one in models}
    for name, value in tree.items():
        if name in {"limits", "keep", "keys", "budget", "snippets"}:
            for item, number in value.items():
                layer[name, item] = Found(number, document.where((*where, name, item)))
        elif name not in {*_BY_MODEL, "profiles"}:
            layer[name,] = Found(value, document.where((*where, name)))
    return layer


def _chosen_profile(tables: Mapping[str, Any]) -> list[Problem]:
    name, profiles = tables.get("profile"), tables.get("profiles", {})
    if not isinstance(name, str) or not isinstance(profiles, dict):
        return []
    missing = missing_profile(name, profiles)
    return [(("profile",), missing)] if missing else []
