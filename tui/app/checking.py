"""A batch file checked in the app: what is wrong with it, what it comes to."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui.app.screens.batch import Choices, Found
from tui.core.batch import Fate
from tui.core.budget import overspending
from tui.core.home import Home
from tui.core.language import _, marked
from tui.core.model import Model
from tui.core.retelling import retold
from tui.core.widths import labelled
from tui.services.batch.file import BatchFile, Reading
from tui.services.batch.placing import (
    GONE_ON_WITH,
    MOST_REQUESTS,
    Target,
    plan_of,
    target_of,
    told,
)
from tui.services.batch.source import Source, SourceError
from tui.services.folders import whole
from tui.services.matrix import Wanted
from tui.services.plan import Plan, lines_of
from tui.services.word_lists import WordLists

if TYPE_CHECKING:
    from tui.deck import Deck

_NOTHING = marked("{reason}: nothing is sent")
_AS_MUCH = marked("{reason}: as much is sent as it pays for")
_MOST_FAULTS = 2000  # lines that are listed


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was checked, where its rows belong, and the home it was checked for."""

    file: BatchFile
    requests: int
    target: Target
    home: Home


def checked_file(deck: "Deck", path: str, choices: Choices, model: Model) -> tuple[Checked, Found]:
    """Check a file as a whole; the caller closes it. Reads the disk.

    Raises SourceError, StorageError or JournalError.
    """
    file = _opened(deck, path, choices, model)
    try:
        return _checked(deck, file, choices, model)
    except BaseException:
        file.close()
        raise


def _checked(
    deck: "Deck", file: BatchFile, choices: Choices, model: Model
) -> tuple[Checked, Found]:
    faults = [line for one in file.check() for line in one.lines]
    faults += file.warnings()
    requests = file.requests  # counted anew whenever rows are gone through
    history = deck.journal.history
    source = file.source
    target = target_of(
        history,
        source.name,
        source.title,
        again=choices.again,
        retry_failed=choices.retry_failed,
    )
    checked = Checked(file, requests, target, deck.home)
    fates: Counter[Fate] = Counter()
    plan = plan_of(file, target, history, deck.settings, fates)
    problem, sends = _judged(checked, plan, fates, choices)
    wrong = _("{rows:,}, {faulty:,} wrong", rows=file.rows, faulty=file.faulty)
    lines = [
        labelled(_("rows"), wrong if file.faulty else f"{file.rows:,}"),
        labelled(_("model"), _("{model} where a row names none", model=model.title)),
    ]
    lines += lines_of(plan)
    lines += [labelled(_("earlier"), said)] if (said := told(fates, target, sent=False)) else []
    lines += _budget(deck, plan)
    if len(faults) > _MOST_FAULTS:
        faults[_MOST_FAULTS:] = [_("and {count:,} more", count=len(faults) - _MOST_FAULTS)]
    return checked, Found(lines, faults, problem, sends)


def _opened(deck: "Deck", path: str, choices: Choices, model: Model) -> BatchFile:
    place = Path(whole(path))
    if place.exists() and not place.is_file():
        raise SourceError(_("{path} is no file", path=path))
    return BatchFile(
        Source.open(str(place)),
        Reading(model=model, wanted=Wanted(None, None, {}) if choices.expand else None),
        fields=deck.settings.fields,
        lists=WordLists(deck.places.lists),
        take=lambda sources, field: deck.take_references(sources, field).result(),
    )


def _budget(deck: "Deck", plan: Plan) -> Iterator[str]:
    caps = deck.settings.budget
    if not caps.are_set or not plan.requests:
        return
    if reason := overspending(caps, deck.journal.history.spent(time.time()), plan.price.amount):
        then = _NOTHING if plan.price.amount is None else _AS_MUCH
        yield labelled(_("budget"), _(then, reason=retold(reason)))


def _judged(
    checked: Checked, plan: Plan, fates: Counter[Fate], choices: Choices
) -> tuple[str, str]:
    """Return what stands in the way, and else what would be done."""
    file = checked.file
    if not file.rows:
        return _("The file has no rows."), ""
    if file.faulty == file.rows:
        return _("All rows are wrong; there is nothing to send."), ""
    if checked.requests > MOST_REQUESTS:
        said = _(
            "It asks for {number:,} requests; at most {most:,} go at once.",
            number=checked.requests,
            most=MOST_REQUESTS,
        )
        return said, ""
    if file.faulty and not choices.skip_invalid:
        return _("Nothing is sent while a row is wrong; s leaves those out."), ""
    if plan.requests:
        return "", _("send {requests:,}", requests=plan.requests)
    if going := sum(fates[one] for one in GONE_ON_WITH):
        return "", _("go on with {going:,}", going=going)
    return _("Nothing is missing: r sends failed ones again, a everything."), ""
