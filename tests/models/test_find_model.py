import pytest

from tui.core.fields import Prompt
from tui.models import MODELS, UnknownModelError, find_model


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("seedream-5.0-lite", "seedream-5.0-lite"),
        ("seedream", "seedream-5.0-lite"),
        ("gemini-3.1-flash-image", "gemini-3.1-flash-image"),
        ("gemini", "gemini-3.1-flash-image"),
        ("gemini-flash", "gemini-3.1-flash-image"),
        ("gemini-3-pro-image", "gemini-3-pro-image"),
        ("gemini-pro", "gemini-3-pro-image"),
        ("gpt-image-2", "gpt-image-2"),
        (" GPT ", "gpt-image-2"),
    ],
)
def test_by_id_and_alias(name: str, model: str) -> None:
    assert find_model(name).id == model


def test_a_misspelt_name_is_answered_with_the_nearest_and_all() -> None:
    with pytest.raises(UnknownModelError) as unknown:
        find_model("sedream")
    said = str(unknown.value)
    assert "There is no model 'sedream'. Did you mean 'seedream'?" in said
    assert all(model.id in said for model in MODELS)


def test_a_name_like_no_other() -> None:
    with pytest.raises(UnknownModelError, match=r"no model 'xyz'\. Models: seedream-5\.0-lite"):
        find_model("xyz")


def test_names_are_unique_and_each_model_is_whole() -> None:
    names = [name for model in MODELS for name in model.names]
    assert len(names) == len(set(names))
    for model in MODELS:
        assert isinstance(model.fields[0], Prompt)
        assert "{task_id}" in model.poll_path
        assert all(field.help.endswith(".") and field.allowed for field in model.fields)
        offered = [(one.name, value) for one in model.fields for value in one.suggestions]
        assert all(
            not model.validate({"prompt": "x", name: value}).errors for name, value in offered
        )
