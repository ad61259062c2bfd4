"""The deck of a Python program: what it asks for, and what is known of its jobs."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from os import PathLike, fspath
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from tui.api.desk import Desk, Options
from tui.api.errors import SettingsError, translated
from tui.api.run import Run
from tui.core.job import Job

if TYPE_CHECKING:
    from tui.services.settings import Settings

Named = Job | str


class Deck:
    """The models behind one gateway, and all jobs; opened by `async with`.

    Everything stands as the command would have it: settings, key, database, image folder. Leaving
    the `async with`, also by an error or ctrl+c, waits for the answers to submissions under way
    (30 seconds at most); everything else goes on at the next start, or with `imagedeck resume`.

    demo          the embedded gateway: no key, no network, no bill
    base_url, output_dir, profile    as the flags of the same names
    key           the gateway's key; looked for as the command does where it is left out
    budget        the most US dollars that may be spent by this deck, as long as it is open
    settings      used in place of flags, variables and files
    tell          gets sentences for people; the logger `tui.api` otherwise
    """

    def __init__(
        self,
        *,
        demo: bool = False,
        base_url: str | None = None,
        output_dir: str | PathLike[str] | None = None,
        profile: str | None = None,
        key: str | None = None,
        budget: Decimal | str | float | None = None,
        settings: "Settings | None" = None,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        self._desk = Desk(
            Options(
                demo=demo,
                base_url=base_url,
                output_dir=None if output_dir is None else fspath(output_dir),
                profile=profile,
                settings=settings,
                key=key,
                budget=None if budget is None else _dollars(budget),
                tell=tell,
            )
        )

    async def __aenter__(self) -> Self:
        """Open it; raises DeckError."""
        await self._desk.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close it; a second interrupt waits for no answer any longer."""
        await self._desk.close(interrupted=kind is not None and not issubclass(kind, Exception))

    def generate(self, model: str, prompt: str, *, count: int = 1, **fields: Any) -> Run:
        """Ask for images of one prompt, `count` jobs of it.

        `fields` are the model's (`size`, `quality`, `n`, …; `image` takes paths and URLs); what is
        left out comes from the settings, or is not sent. Raises InvalidError once it is started.
        """
        from tui.api.wanted import one_request

        values = {**fields, "model": model, "prompt": prompt, "count": count}
        return Run(self._desk, partial(one_request, values=values))

    def batch(
        self,
        rows: Iterable[str | Mapping[str, Any]],
        *,
        model: str | None = None,
        name: str | None = None,
        retry_failed: bool = False,
        again: bool = False,
        template: str | None = None,
    ) -> Run:
        """Ask for many things: prompts, or mappings with `prompt`, `model`, `count` and fields.

        All rows are checked before one is sent. With a `name` the same batch again sends only what
        is missing, as the command does with `--name`; `retry_failed` sends failed rows once more,
        `again` everything. `template` names the files.
        """
        from tui.api.wanted import Rows, many_requests

        given = Rows(
            rows=[*rows],
            model=model,
            name=name,
            retry_failed=retry_failed,
            again=again,
            template=template,
        )
        return Run(self._desk, partial(many_requests, given=given))

    def compare(
        self,
        prompt: str,
        models: Iterable[str] = (),
        *,
        ratio: str | None = None,
        resolution: str | None = None,
        format: str | None = None,  # noqa: A002 - what the flag of the command is called
        quality: str | None = None,
        image: str | PathLike[str] | Sequence[str | PathLike[str]] = (),
        count: int = 1,
    ) -> Run:
        """Ask several models, or all, for the same image, each in its own words."""
        from tui.api.wanted import Comparison, compared

        asked = Comparison(
            prompt=prompt,
            models=[models] if isinstance(models, str) else [*models],
            ratio=ratio,
            resolution=resolution,
            format=format,
            quality=quality,
            image=image,
            count=count,
        )
        return Run(self._desk, partial(compared, asked=asked))

    def wait(self, *jobs: Named) -> Run:
        """Wait for jobs; those that nobody works on are gone on with."""
        from tui.api.stored import waited

        return Run(self._desk, partial(waited, names=_names(jobs)))

    def resume(self) -> Run:
        """Finish everything that is unfinished and that no other process works on."""
        from tui.api.stored import resumed

        return Run(self._desk, resumed)

    def retry(self, *jobs: Named, again: bool = False) -> Run:
        """Make jobs that failed, or were lost, expired or dropped, anew; saved ones with `again`.

        One that waits unsent for another profile or gateway is dropped there. An `unknown` one may
        have been billed: InvalidError; `imagedeck resolve` decides about it.
        """
        from tui.api.stored import retried

        return Run(self._desk, partial(retried, names=_names(jobs), again=again))

    async def job(self, name: Named) -> Job:
        """Return a job as it stands now, by its id or the end of it; raises NotFoundError."""
        from tui.api.stored import find

        deck = self._desk.deck
        return (await self._desk.apart(partial(find, deck, _names([name]))))[0]

    async def jobs(self, query: str = "", *, limit: int | None = 1000) -> list[Job]:
        """Return stored jobs, the newest first: `model:gpt state:failed -cat cost>0.1 age<1d`.

        `limit=None` returns all of them. Raises InvalidError for a query that can't be read.
        """
        from tui.api.stored import listed

        deck = self._desk.deck
        return await self._desk.apart(partial(listed, deck, query, limit, time.time()))

    async def fetch(self, job: Named, folder: str | PathLike[str]) -> list[Path]:
        """Copy a job's images, and the files beside them, into a folder; return where they are.

        They come from a bucket or another folder, and replace nothing. Raises StoreError.
        """
        files = (await self.job(job)).files
        copies = await self._desk.call(self._desk.deck.on_hand.fetch(files, Path(folder)))
        with translated():
            return [*map(_there, copies)]

    async def drop(self, job: Named, *, others: bool = False) -> bool:
        """Give up a job that was not sent yet, for free; False when it is too late for that.

        Raises StoreError for one that another person added, unless `others` are meant.
        """
        found, engine = await self.job(job), self._desk.deck.engine
        return await self._desk.call(engine.drop(found.id, others=others)) is not None

    async def pause(self, group: str = "") -> None:
        """Hold submissions back, or those of a group, in every imagedeck; what was sent goes on."""
        await self._desk.call(self._desk.deck.engine.pause(group))

    async def go_on(self, group: str = "") -> None:
        """End a pause; where there is none, send at once what could not be sent before."""
        await self._desk.call(self._desk.deck.engine.go_on(group))

    def expand(
        self,
        prompt: str,
        values: Mapping[str, str | Sequence[str]] | None = None,
        *,
        sample: int | None = None,
        seed: int = 0,
    ) -> list[str]:
        """Return the prompts that `{red|blue} __animal__ {{place}}` stands for, or a sample.

        `values` are those of the variables. Raises InvalidError.
        """
        from tui.api.stored import expanded

        return expanded(self._desk.deck, prompt, values or {}, sample, seed)


def _there(copy: Path | Exception) -> Path:
    if isinstance(copy, Path):
        return copy
    raise copy


def _names(jobs: Iterable[Named]) -> list[str]:
    return [job.id if isinstance(job, Job) else str(job) for job in jobs]


def _dollars(amount: Decimal | str | float) -> Decimal:
    try:
        dollars = Decimal(str(amount))
    except InvalidOperation:
        dollars = Decimal(0)
    if not dollars.is_finite() or dollars <= 0:
        raise SettingsError(f"budget: {amount!r} is no amount of US dollars: give 5 or '0.50'")
    return dollars
