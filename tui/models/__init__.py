"""The models, in the order of the sidebar."""

from difflib import get_close_matches

from tui.core.fields import Prompt
from tui.core.language import _
from tui.core.model import Model
from tui.core.references import References
from tui.models.gemini import GEMINI_FLASH, GEMINI_PRO
from tui.models.gpt_image import GPT_IMAGE
from tui.models.seedream import SEEDREAM

MODELS: tuple[Model, ...] = (SEEDREAM, GEMINI_FLASH, GEMINI_PRO, GPT_IMAGE)
PRICES_AS_OF = "2026-11"  # published by makers and resellers; nothing of it is the gateway's word


class UnknownModelError(LookupError):
    """No model has that name; the message names the nearest and all others."""


def names_of(model_id: str) -> tuple[str, ...]:
    """Return a model's id and aliases; of one that is not known the id alone."""
    known = next((model for model in MODELS if model.id == model_id), None)
    return known.names if known else (model_id,)


def parameters() -> tuple[str, ...]:
    """Return the wire names of what can be asked of a model besides the prompt."""
    fields = (field for model in MODELS for field in model.fields)
    kept = (field.name for field in fields if not isinstance(field, Prompt | References))
    return tuple(dict.fromkeys(kept))


def find_model(name: str) -> Model:
    """Find a model by its id or an alias, whatever the case.

    Raises UnknownModelError.
    """
    wanted = name.strip().casefold()
    for model in MODELS:
        if wanted in model.names:
            return model
    names = [one for model in MODELS for one in model.names]
    near = get_close_matches(wanted, names, n=1)
    hint = _(" Did you mean {near!r}?", near=near[0]) if near else ""
    known = ", ".join(f"{model.id} ({', '.join(model.aliases)})" for model in MODELS)
    raise UnknownModelError(
        _("There is no model {name!r}.{hint} Models: {known}.", name=name, hint=hint, known=known)
    )
