"""Keeps the translations in step with the source: `make messages`, and the test of it.

python .ci/messages.py          writes each .po and .mo file anew; new texts are empty in them
python .ci/messages.py --check  says what is missing, stale or wrong, and ends with 1 then
"""

import ast
import gettext
import io
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

TUI = Path(__file__).parents[1] / "tui"
WRITTEN = "written"  # the context in tui/core/language.py
HEAD = "# Translations of imagedeck. `make messages` keeps them in step with the source."


def main() -> int:
    """Write the files, or check them; return the exit code."""
    found, code = [*_texts(), *_help_pages()], 0
    for po in sorted((TUI / "locale").glob("*/LC_MESSAGES/imagedeck.po")):
        catalog = renewed(po, found)
        if "--check" in sys.argv:
            faults = [*faults_of(po, catalog)]
            print(*faults, sep="\n", end="\n" if faults else "")
            code = max(code, bool(faults))
            continue
        po.write_bytes(_po(catalog))
        po.with_suffix(".mo").write_bytes(_mo(catalog))
        empty = sum(not _strings(one)[0] for one in catalog if one.id)
        print(f"{po.relative_to(TUI.parent)}: {len(catalog)} texts, {empty} without a translation")
    return code


def renewed(po: Path, found: list[Message]) -> Catalog:
    """Return a translation with the texts there are now; what is gone is left out."""
    known = _read(po)
    catalog = Catalog(
        locale=known.locale,
        header_comment=HEAD,
        project="imagedeck",
        version="1",
        msgid_bugs_address="imagedeck",
        copyright_holder="imagedeck",
        creation_date=known.creation_date,
        revision_date=known.revision_date,
        last_translator="imagedeck",
        language_team="imagedeck",
        fuzzy=False,
    )
    for one in found:
        old = known.get(one.id, one.context)
        said = old.string if old else ""
        catalog.add(one.id, said, locations=one.locations, context=one.context)
    return catalog


def faults_of(po: Path, catalog: Catalog) -> Iterator[str]:
    """Say what is wrong with a .po file, which should be as `catalog`, and with its .mo file."""
    place = po.relative_to(TUI.parent)
    known = _read(po)
    for one in known:
        if one.id and catalog.get(one.id, one.context) is None:
            yield f"{place}: no text of the source any more: {one.id!r} (make messages)"
        if one.id and one.fuzzy:
            yield f"{place}: not sure of: {one.id!r}"
    yield from (f"{place}: obsolete: {one!r} (make messages)" for one in known.obsolete)
    with po.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in catalog:
        if one.id:
            yield from (f"{place}: {fault}: {one.id!r}" for fault in _wrong(one, known, compiled))


def _wrong(one: Message, known: Catalog, compiled: gettext.GNUTranslations) -> Iterator[str]:
    if known.get(one.id, one.context) is None:
        yield "missing (make messages, then translate it)"
        return
    said = _strings(one)[0]
    if not all(_strings(one)):
        yield "not translated"
    elif _compiled(compiled, one) != said:
        yield "the .mo file says something else (make messages)"
    elif _placeholders(said) != _placeholders(_ids(one)[-1]):
        yield f"other placeholders than in {said!r}"


def _compiled(compiled: gettext.GNUTranslations, one: Message) -> str:
    if one.pluralizable:
        return compiled.ngettext(*one.id, 2)
    return compiled.pgettext(one.context, one.id) if one.context else compiled.gettext(one.id)


def _texts() -> Iterator[Message]:
    """Yield every text of the source, and of click, which says them to people in our name."""
    click_tree = Path(click.__file__).parent
    for file in [*sorted(TUI.rglob("*.py")), *sorted(click_tree.rglob("*.py"))]:
        top = click_tree.parent if file.is_relative_to(click_tree) else TUI.parent
        # Not by babel's own reader, which sees neither a call within a call nor one in an f-string.
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and (said := _said(node)):
                context, text = said
                place = str(file.relative_to(top))
                yield Message(text, locations=[(place, 0)], context=context)


def _said(call: ast.Call) -> tuple[str | None, str | tuple[str, str]] | None:
    """Return the context and the text of a call that says one."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    match name, [one.value for one in call.args if isinstance(one, ast.Constant)]:
        case (("_" | "marked"), [str(text), *_]):
            return None, text
        case "english", [str(text), *_]:
            return WRITTEN, text
        case "sense", [str(context), str(text)]:
            return context, text
        case (("plural" | "ngettext"), [str(one), str(many), *_]):
            return None, (one, many)
    return None


def _help_pages() -> Iterator[Message]:
    """Yield the docstrings of commands, which are their help pages."""
    for file in sorted((TUI / "cli").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_makes_help, node.decorator_list)):
                place = str(file.relative_to(TUI.parent))
                yield Message(ast.get_docstring(node) or "", locations=[(place, 0)])


def _makes_help(decorator: ast.expr) -> bool:
    match decorator:
        case ast.Call(ast.Attribute(attr="command" | "group"), keywords=words):
            return all(one.arg != "help" for one in words)
        case _:
            return False


def _placeholders(text: str) -> set[str]:
    """Return the names in braces; click's own texts have theirs from %, and none is formatted."""
    try:
        return {
            name
            for _text, name, _spec, _sign in string.Formatter().parse(text)
            if (name or "").isidentifier()
        }
    except ValueError:  # a text with a lone brace is never formatted
        return set()


def _ids(one: Message) -> tuple[str, ...]:
    return (one.id,) if isinstance(one.id, str) else tuple(one.id)


def _strings(one: Message) -> tuple[str, ...]:
    return (one.string,) if isinstance(one.string, str) else tuple(one.string)


def _read(po: Path) -> Catalog:
    with po.open("rb") as file:
        return read_po(file, locale=po.parents[1].name)


def _po(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    # Without lines, which each change of the source would move.
    write_po(file, catalog, width=100, sort_by_file=True, include_lineno=False)
    return file.getvalue()


def _mo(catalog: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
