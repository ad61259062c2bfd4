"""Jobs held against each other: what they share, and where they differ."""

from collections.abc import Callable, Sequence

from tui.app.looks import Tone, full_name, look_of, time_of
from tui.app.widgets.preview.facts import Fact
from tui.core.field_words import field_label
from tui.core.job import Job
from tui.core.language import _, marked
from tui.core.price import Price
from tui.core.units import amount, lasted

_NONE = "–"
_SAME = marked("the same in all:")
_NEIGHBOURS = 2


def compared(
    jobs: Sequence[Job], *, now: float, price: Callable[[Job], Price | None] = lambda _job: None
) -> list[list[Fact]]:
    """Return the same facts of each job, one list a job; those that differ stand out.

    A value that only some of them have counts as different.
    """
    sheets = [_sheet(job, now, price(job)) for job in jobs]
    labels = list(dict.fromkeys(label for sheet in sheets for label in sheet))
    differ = {label for label in labels if len({sheet.get(label) for sheet in sheets}) > 1}
    # What differs comes first: it is what one looks for. The prompt last, or its lines would push
    # what stands below it out of line with the others.
    first = sorted((one for one in labels if one in differ), key=lambda label: label == "prompt")
    same = [Fact("", _(_SAME), Tone.MUTED)] if 0 < len(first) < len(labels) else []
    rest = [Fact(one, sheets[0][one], Tone.MUTED) for one in labels if one not in differ]
    return [
        [Fact(one, sheet.get(one, _NONE), Tone.WARNING) for one in first] + same + rest
        for sheet in sheets
    ]


def _sheet(job: Job, now: float, price: Price | None) -> dict[str, str]:
    values = {
        field_label(name): str(value)
        for name, value in job.request.values.items()
        if name != "prompt"
    }
    file = job.files[0] if job.files else None
    seconds = time_of(job, now)
    sheet = {marked("model"): full_name(job.request.model), marked("prompt"): job.prompt, **values}
    sheet |= {_("image {at}", at=at): one.name for at, one in enumerate(job.request.references, 1)}
    if file:
        sheet[marked("pixels")] = f"{file.width}x{file.height}"
        sheet[marked("format")] = file.format
        sheet[marked("bytes")] = amount(file.bytes)
    else:
        sheet[marked("state")] = look_of(job).word
    if seconds is not None:
        sheet[marked("time")] = lasted(seconds)
    if price and price.amount is not None:
        sheet[marked("price")] = str(price)
    return sheet


def around(jobs: Sequence[Job], job: Job | None) -> list[Job]:
    """Return the job with the ones after it that have images, two in all."""
    at = next((at for at, one in enumerate(jobs) if job and one.id == job.id), 0)
    return [one for one in (*jobs[at:], *reversed(jobs[:at])) if one.files][:_NEIGHBOURS]
