"""Making a job of a request, as the settings say."""

import secrets

from tui.core.job import Job, State, new_job_id
from tui.core.request import Request
from tui.models import find_model
from tui.services.settings import Settings


def new_job(
    request: Request,
    settings: Settings,
    now: float,
    *,
    gateway: str | None,
    key: str | None = None,
    follows: str | None = None,
    group: str | None = None,
) -> Job:
    """Make a job, not yet written down; `gateway` is where it will be sent, `key` who pays."""
    model = find_model(request.model)
    return Job(
        id=new_job_id(int(now * 1000), secrets.token_bytes(10)),
        request=request,
        state=State.QUEUED,
        created=now,
        updated=now,
        folder=str(settings.output_dir),
        template=settings.template,
        profile=settings.profile,
        submitter=settings.submitter,
        gateway=gateway,
        key=key,
        follows=follows,
        group=group,
        price=model.price(request, settings.prices_of(model)).amount,
    )
