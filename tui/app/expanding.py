"""One prompt made into many, as the command line does it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from tui.app.desk import Desk
from tui.app.estimates import Estimates
from tui.app.screens.confirm import ConfirmScreen
from tui.app.screens.main import MainScreen
from tui.app.screens.matrix import Asked, MatrixScreen, Told
from tui.app.session import Session
from tui.app.terminal import TerminalApp
from tui.core.expand import Expansion, Template, parse, variables_of
from tui.core.fault import Fault
from tui.core.fields import RefusedError, Whole
from tui.core.language import _, plural
from tui.core.request import Request
from tui.core.widths import labelled
from tui.models import find_model
from tui.services.many import ManyRequests, plan_many
from tui.services.matrix import SAMPLE, SEED, Wanted, draw_seed, matrix_of
from tui.services.plan import Plan, lines_of
from tui.services.variables import several
from tui.services.word_lists import WordLists

_REST = 0.2  # seconds without a key, after which the prompts are counted


class Expanding:
    """Counts the prompts while one writes; tells what they come to, asks, sends them.

    What was typed for the variables is there again the next time.
    """

    def __init__(
        self,
        app: TerminalApp,
        session: Session,
        screen: MainScreen,
        desk: Desk,
        estimates: Estimates,
    ) -> None:
        self._app = app
        self._session = session
        self._screen = screen
        self._desk = desk
        self._estimates = estimates
        self._asked = Asked()
        self._is_asking = False

    async def count(self) -> None:
        """Say below the prompt how many there are; a later call takes the place of this one."""
        await asyncio.sleep(_REST)
        editor = self._screen.editor
        try:
            number = await asyncio.to_thread(self._count, editor.text)
        except RefusedError as error:
            editor.tell_prompts(1, error.fault.rule)
        else:
            editor.tell_prompts(number, plural("1 prompt", "{number:,} prompts", number))
        self._screen.show_estimate()

    async def ask(self, prompt: str, requests: Sequence[Request], aim: str) -> None:
        """Send these requests in all wordings of a prompt, once a person has seen what they are.

        `aim` is the profile they are meant for.
        """
        if self._is_asking:  # a second press before the question is there
            return
        self._is_asking = True
        try:
            await self._ask(prompt, requests, aim)
        except RefusedError as error:
            self._screen.refuse([error.fault])
        finally:
            self._is_asking = False
        await self.count()  # with the values that were typed

    async def _ask(self, prompt: str, requests: Sequence[Request], aim: str) -> None:
        template = await asyncio.to_thread(parse, prompt, self._lists())
        is_one = not variables_of(template) and Expansion(template, {}).combinations == 1
        if is_one:
            told = await self._told(template, requests, Asked())
        else:
            told = await self._choose(template, requests)
        made, warnings = await asyncio.to_thread(_made, told.wordings)
        if is_one:
            await self._desk.submit(made, aim)
        elif (
            made and await self._is_meant(len(made), told) and await self._desk.send_form(made, aim)
        ):
            matrix = told.wordings[0].matrix
            drawn = ""
            if matrix.sample is not None:
                drawn = _(", drawn by the seed {seed}", seed=matrix.seed)
            said = plural(
                "1 request is queued{drawn}.",
                "{number:,} requests are queued{drawn}.",
                len(made),
                drawn=drawn,
            )
            self._app.say(said)
        for warning in warnings if made else ():
            self._app.say(warning, "warning")

    async def _choose(self, template: Template, requests: Sequence[Request]) -> Told:
        async def tell(asked: Asked) -> Told:
            self._asked = asked
            return await self._told(template, requests, asked)

        # Another seed each time, or the same sample would be drawn and paid for again.
        before = replace(self._asked, seed=str(draw_seed()))
        screen = MatrixScreen(tuple(variables_of(template)), before, tell)
        chosen: Told | None = await self._app.push_screen_wait(screen)
        return chosen or Told()

    async def _told(self, template: Template, requests: Sequence[Request], asked: Asked) -> Told:
        wanted, faults = _read(template, asked)
        if faults:
            return Told(faults=[str(one) for one in faults])
        plan, wordings = await asyncio.to_thread(self._plan, template, wanted, requests)
        budget = self._estimates.budget(plan.price)
        more = [labelled(_("budget"), budget)] if budget else []
        return Told([*lines_of(plan), *more], plan.requests, plan.price, (), wordings)

    def _plan(
        self, template: Template, wanted: Wanted, requests: Sequence[Request]
    ) -> tuple[Plan, list[ManyRequests]]:
        matrix = matrix_of(template, wanted)
        wordings = [ManyRequests(one, matrix) for one in requests]
        plan = plan_many(
            wordings,
            price=self._estimates.cost,
            seconds=lambda one: self._estimates.seconds(one) or 0.0,
            submissions=self._session.settings.submissions,
        )
        return plan, wordings

    async def _is_meant(self, number: int, told: Told) -> bool:
        """Ask where it is much, or more than the budget pays for."""
        most = self._session.settings.ask_above
        is_over = self._estimates.is_over(told.price)
        if number <= most and not is_over:
            return True
        title = _("{number:,} requests are more than the budget pays for.", number=number)
        if number > most:
            title = _("{number:,} requests are more than {most:,}.", number=number, most=most)
        about = (_("time"), _("price"), _("budget"))
        lines = [line for line in told.lines if line.startswith(about)]
        rest = [_("What the budget does not pay for stays queued, unsent.")] if is_over else []
        question = ConfirmScreen(
            title,
            "\n".join([*lines, *rest]),
            yes=_("Send {number:,} requests", number=number),
            no=_("Not now"),
        )
        answer: bool | None = await self._app.push_screen_wait(question)
        return bool(answer)

    def _count(self, text: str) -> int:
        template = parse(text, self._lists())
        wanted = {}
        for name in variables_of(template):
            try:
                wanted[name] = several(self._asked.values.get(name, ""), name)
            except RefusedError:
                wanted[name] = [name]  # for now: its values are asked for when it is sent
        return Expansion(template, wanted).count

    def _lists(self) -> WordLists:
        return WordLists(self._session.places.lists)


def _read(template: Template, asked: Asked) -> tuple[Wanted, list[Fault]]:
    faults: list[Fault] = []
    values = {}
    for name in variables_of(template):
        try:
            values[name] = several(asked.values.get(name, ""), f"{{{{{name}}}}}")
        except RefusedError as error:
            faults.append(error.fault)
    sample, seed = (_number(*one, faults) for one in ((SAMPLE, asked.sample), (SEED, asked.seed)))
    return Wanted(sample, seed, values), faults


def _number(field: Whole, text: str, faults: list[Fault]) -> int | None:
    try:
        return field.read(text) if text.strip() else None
    except RefusedError as error:
        faults.append(error.fault)
        return None


def _made(wordings: Sequence[ManyRequests]) -> tuple[list[Request], list[str]]:
    """Make all requests, those of one prompt beside each other; return them and warnings.

    Raises RefusedError.
    """
    warnings = []
    for one in wordings:
        model = find_model(one.first.model)
        # Counted together: what many models make goes at once, too.
        found = replace(one, count=len(wordings)).check(model)
        warnings += [
            _("{model}: {warning}", model=model.title, warning=warning) for warning in found
        ]
    return list(chain.from_iterable(zip(*wordings, strict=True))), warnings
