"""The line mode's verbs that make many prompts of one."""

from dataclasses import replace
from functools import partial

from tui.cli.errors import RefusedError
from tui.cli.matrix import new_group
from tui.cli.plain.desk import Desk
from tui.cli.plain.verb import Verb
from tui.core.expand import parse, variables_of
from tui.core.fields import RefusedError as RefusedValueError
from tui.core.language import _, plural
from tui.core.text import clean
from tui.services.many import ManyRequests, plan_many
from tui.services.matrix import SAMPLE, Matrix, Wanted, matrix_of
from tui.services.plan import lines_of, typical_seconds
from tui.services.variables import several
from tui.services.word_lists import WordLists


def _value(desk: Desk, rest: str) -> None:
    name, _blank, text = rest.partition(" ")
    if not name:
        for one, texts in desk.variables.items():
            desk.voice.say(_("{name}: {value}", name=one, value=clean(" | ".join(texts))))
        if not desk.variables:
            desk.voice.say(_("No variable has a value."))
        return
    if text.strip():
        try:
            desk.variables[name] = several(text, name)
        except RefusedValueError as error:
            raise RefusedError(str(error.fault)) from error
    else:
        desk.variables.pop(name, None)
    told = " | ".join(desk.variables.get(name, ())) or _("not set")
    desk.voice.say(_("{name}: {value}", name=name, value=told))


def _expand(desk: Desk, rest: str) -> None:
    try:
        many = _many(desk, SAMPLE.read(rest) if rest else None)
        warnings = many.check(desk.model)
    except RefusedValueError as error:
        raise RefusedError(_("Nothing was sent."), clean(str(error.fault))) from error
    for warning in warnings:
        desk.voice.say(_("Warning: {fault}", fault=warning))
    settings = desk.cli.settings
    plan = plan_many(
        [many],
        price=settings.price,
        seconds=partial(typical_seconds, desk.cli.history),
        submissions=settings.submissions,
    )
    for line in lines_of(plan):
        desk.voice.say(line)
    if desk.ask(_("Send them all?")):
        _send(desk, many)


def _many(desk: Desk, sample: int | None) -> ManyRequests:
    template = parse(desk.prompt, WordLists(desk.cli.places.lists))
    for name in variables_of(template):
        if name not in desk.variables:
            raise RefusedError(
                _("Nothing was sent."),
                _("{{{{{name}}}}} has no value: say `value {name} TEXT|TEXT`.", name=clean(name)),
            )
    matrix: Matrix = matrix_of(template, Wanted(sample, None, desk.variables))
    first = matrix.expansion.at(0)
    request = desk.checked(first)
    return ManyRequests(replace(request, values={**request.values, "prompt": first}), matrix)


def _send(desk: Desk, many: ManyRequests) -> None:
    deck, matrix = desk.deck, many.matrix
    deck.check_output()
    deck.engine.add(new_group(deck, many)).result()
    seeded = matrix.sample is not None
    drawn = _(", drawn by the seed {seed}", seed=matrix.seed) if seeded else ""
    said = plural(
        "1 request is queued{drawn}.",
        "{number:,} requests are queued{drawn}.",
        many.number,
        drawn=drawn,
    )
    desk.voice.say(said)


VERBS = (
    Verb(
        "expand",
        "NUMBER",
        _("send the prompt in all that {red|blue}, __list__ and {{name}} come to; or so many"),
        _expand,
    ),
    Verb("value", "NAME TEXT|TEXT", _("what {{NAME}} stands for; without a text, nothing"), _value),
)
