"""Prompts of earlier jobs, each once."""

from typing import TYPE_CHECKING

from tui.services.journal.protocol import Query

if TYPE_CHECKING:
    from tui.deck import Deck

_MOST_READ = 1000  # jobs; batches make many of one prompt
MOST_PROMPTS = 200


def earlier_prompts(deck: "Deck", words: str = "") -> list[str]:
    """Return the prompts of jobs that hold these words, all without any; newest first.

    Reads the disk.
    """
    jobs = deck.journal.history.list(Query(text=words, limit=_MOST_READ))
    return list(dict.fromkeys(job.prompt for job in jobs))[:MOST_PROMPTS]
