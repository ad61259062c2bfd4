"""Every action of the app with its keys, and the user's own keys for them."""

import pkgutil
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib import import_module

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _character_to_key

import tui.app
from tui.core.language import _

_EVERYWHERE = frozenset({"app", "work"})  # areas whose keys work wherever the cursor is

# What can be typed, by Textual's names of the keys: `slash` is "/".
SIGNS = {_character_to_key(chr(code)): chr(code) for code in range(0x20, 0x7F)}
_MODIFIERS = frozenset({"ctrl", "shift", "alt", "super", "hyper", "meta"})
_NAMES = {key.value.rpartition("+")[2] for key in Keys} | set(SIGNS)


def all_actions() -> dict[str, Binding]:
    """Return the binding of each action by its id; loads every part of the app."""
    for module in pkgutil.walk_packages(tui.app.__path__, f"{tui.app.__name__}."):
        import_module(module.name)
    return {one.id: one for node in _nodes(DOMNode) for one in _bindings(node) if one.id}


def own_keys(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the keys that can be used, and a sentence for each that can't, or takes another's."""
    if not wanted:
        return {}, []
    actions = all_actions()
    used: dict[str, str] = {}
    told: list[str] = []
    for name, typed in wanted.items():
        keys = ",".join(map(_named, typed.split(",")))
        fault = _fault(name, keys, actions)
        if fault:
            told.append(_("keys: {fault}", fault=fault))
        else:
            used[name] = keys
    told += [_("keys: {one}", one=one) for one in _conflicts(used, actions)]
    return used, told


def _named(key: str) -> str:
    """Return Textual's name of a key that was given as the sign on it, such as `/`."""
    return _character_to_key(key) if len(key) == 1 else key


def _is_key(key: str) -> bool:
    """Whether a keyboard can have it; the names of letters outside ASCII are long."""
    *before, name = key.split("+")
    return _MODIFIERS.issuperset(before) and (name in _NAMES or "_" in name or len(name) == 1)


def _fault(name: str, keys: str, actions: Mapping[str, Binding]) -> str:
    if name not in actions:
        near = get_close_matches(name, actions, n=1)
        hint = _("; did you mean {near!r}?", near=near[0]) if near else ""
        return _("there is no action {name!r}{hint}", name=name, hint=hint)
    unknown = [key for key in keys.split(",") if not _is_key(key)]
    if unknown:
        return _(
            "{name!r}: there is no key {key!r}; write it as ctrl+s, f7, / or slash",
            name=name,
            key=unknown[0],
        )
    typed = [key for key in keys.split(",") if key in SIGNS]
    if typed and actions[name].priority:
        return _(
            "{name!r} works while one types, so it can't have the key {typed!r}",
            name=name,
            typed=typed[0],
        )
    return ""


def _conflicts(used: Mapping[str, str], actions: Mapping[str, Binding]) -> Iterator[str]:
    keys = {name: used.get(name, one.key).split(",") for name, one in actions.items()}
    for name in used:
        for other, others in keys.items():
            shared = set(keys[name]) & set(others)
            # Of two keys that were both chosen one sentence is enough.
            is_told = other in used and other < name
            if other != name and shared and not is_told and _meet(name, other):
                yield _(
                    "{shared} is both {name!r} and {other!r}; give one of them another key",
                    shared=min(shared),
                    name=name,
                    other=other,
                )


def _meet(one: str, other: str) -> bool:
    """Whether the keys of two actions work at the same time."""
    areas = {one.partition(".")[0], other.partition(".")[0]}
    return len(areas) == 1 or bool(areas & _EVERYWHERE)


def _nodes(of: type[DOMNode]) -> Iterator[type[DOMNode]]:
    for one in of.__subclasses__():
        if one.__module__.startswith("tui.app"):
            yield one
        yield from _nodes(one)


def _bindings(node: type[DOMNode]) -> Iterator[Binding]:
    return (one for one in vars(node).get("BINDINGS", ()) if isinstance(one, Binding))
