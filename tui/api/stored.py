"""What is asked about, and of, the jobs that are stored already."""

from collections.abc import Mapping, Sequence
from itertools import islice

from tui.api.errors import InvalidError, NotFoundError
from tui.api.wanted import Order, Wanted
from tui.core.expand import Expansion, parse, variables_of
from tui.core.fault import Fault
from tui.core.fields import RefusedError
from tui.core.job import Job, State
from tui.core.matching import Known
from tui.core.query import QueryError
from tui.core.query import parse as parse_query
from tui.deck import Deck
from tui.models import names_of, parameters
from tui.services.journal.protocol import Query
from tui.services.matrix import MOST
from tui.services.remade import REMADE, remade_faults
from tui.services.unfinished import unfinished
from tui.services.word_lists import WordLists


def find(deck: Deck, names: Sequence[str]) -> list[Job]:
    """Find each job by the end of its id; raises NotFoundError for all that fit none or several."""
    found, faults = [], []
    for name in names:
        matches = deck.journal.history.find(name.strip()) if name.strip() else []
        if len(matches) == 1:
            found += matches
        else:
            what = "fits several jobs; give more of one" if matches else "is no job's id"
            faults.append(f"{name!r} {what}")
    if faults:
        raise NotFoundError("; ".join(faults))
    return list({job.id: job for job in found}.values())


def listed(deck: Deck, query: str, limit: int | None, now: float) -> list[Job]:
    """Return stored jobs, the newest first; raises InvalidError."""

    def cost(job: Job) -> float | None:
        amount = deck.settings.price_of(job).amount
        return None if amount is None else float(amount)

    try:
        search = parse_query(query, parameters())
    except QueryError as error:
        raise InvalidError([Fault("query", "", str(error))]) from error
    known = Known(now, names_of, cost, deck.settings.user)
    return deck.journal.history.list(Query(search=search, known=known, limit=limit))


def expanded(
    deck: Deck,
    prompt: str,
    values: Mapping[str, str | Sequence[str]],
    sample: int | None,
    seed: int,
) -> list[str]:
    """Return the prompts that one stands for, or a sample of them; raises InvalidError."""
    texts = {name: [one] if isinstance(one, str) else [*one] for name, one in values.items()}
    try:
        template = parse(prompt, WordLists(deck.places.lists))
    except RefusedError as error:
        raise InvalidError([error.fault]) from error
    known = variables_of(template)
    faults = [
        Fault("values", "", f"{{{{{name}}}}} has no value") for name in known if not texts.get(name)
    ]
    faults += [
        Fault("values", name, "is no variable of the prompt") for name in texts if name not in known
    ]
    if sample is not None and not 1 <= sample <= MOST:
        faults.append(Fault("sample", str(sample), f"must be 1 to {MOST:,}"))
    if faults:
        raise InvalidError(faults)
    expansion = Expansion(template, texts)
    if sample is None and expansion.count > MOST:
        rule = f"stands for {expansion.count:,} prompts; at most {MOST:,} go at once: give a sample"
        raise InvalidError([Fault("prompt", "", rule)])
    return [*(expansion if sample is None else islice(expansion.sample(sample, seed), sample))]


def waited(deck: Deck, names: Sequence[str]) -> Wanted:
    """Take jobs as they stand, and go on with those that have not ended."""
    jobs = find(deck, names)
    deck.engine.go_on_if_held()
    return Wanted(things=jobs, woken={job.id for job in jobs if not job.state.is_end})


def resumed(deck: Deck) -> Wanted:
    """Take up all that is unfinished, and what is paid for and missing."""
    jobs = unfinished(deck.journal.history, deck.settings.submitter)
    jobs = [job for job in jobs if deck.home.has(job)]  # the others wait for theirs
    deck.engine.go_on_if_held()
    return Wanted(things=jobs, woken={job.id for job in jobs}, leaves_others=True)


def retried(deck: Deck, names: Sequence[str], *, again: bool) -> Wanted:
    """Make jobs anew; raises NotFoundError or InvalidError."""
    jobs = find(deck, names)
    faults = [one for job in jobs for one in _refusals(deck, job, again=again)]
    if faults:
        raise InvalidError([Fault("job", "", one) for one in faults])
    return Wanted(
        things=[Order(job.request, follows=job.id) for job in jobs],
        unsent=[job for job in jobs if job.state is State.QUEUED],
    )


def _refusals(deck: Deck, job: Job, *, again: bool) -> list[str]:
    is_away = job.state is State.QUEUED and not deck.home.has(job)
    if job.state in REMADE or is_away or (job.state is State.SAVED and again):
        return remade_faults(job, deck.references.brought)
    match job.state:
        case State.SAVED:
            why = "is saved; again=True makes it once more"
        case State.UNKNOWN:
            why = "may have been billed, so retry does not send it again; see `imagedeck resolve`"
        case _:
            why = f"is {job.state}; wait() follows it"
    return [f"{job.short_id} {why}"]
