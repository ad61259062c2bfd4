import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.foreign_prompts import ForeignPrompt, foreign_prompt

A1111 = """a boat, (masterpiece:1.2)
on two lines
Negative prompt: ugly
Steps: 20, Sampler: Euler a, Size: 512x512"""
COMFY = {
    "3": {"class_type": "KSampler", "inputs": {"positive": ["6", 0], "negative": ["7", 0]}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a boat", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "ugly and longer", "clip": ["4", 1]}},
}
COMFY_LINKED = {
    **COMFY,
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["9", 0], "clip": ["4", 1]}},
    "9": {"class_type": "PrimitiveString", "inputs": {"value": "a boat"}},
    "3": {"class_type": "KSampler", "inputs": {"positive": ["8", 0]}},
    "8": {"class_type": "ControlNetApply", "inputs": {"conditioning": ["6", 0]}},
}


@pytest.mark.parametrize(
    ("texts", "program", "prompt"),
    [
        ({"parameters": A1111}, "a1111", "a boat, (masterpiece:1.2)\non two lines"),
        ({"parameters": "a boat\nSteps: 20"}, "a1111", "a boat"),
        ({"parameters": "only a prompt"}, "a1111", "only a prompt"),
        ({"prompt": json.dumps(COMFY), "workflow": "{}"}, "comfyui", "a boat"),
        ({"prompt": json.dumps(COMFY_LINKED)}, "comfyui", "a boat"),
        ({"invokeai_metadata": '{"positive_prompt": "a boat", "seed": 1}'}, "invokeai", "a boat"),
        ({"sd-metadata": '{"image": {"prompt": [{"prompt": "a boat"}]}}'}, "invokeai", "a boat"),
        ({"Dream": r'"a \"boat\"" -s 50 -S 1'}, "invokeai", 'a "boat"'),
    ],
)
def test_the_prompt_of_each_program_is_found(
    texts: dict[str, str], program: str, prompt: str
) -> None:
    assert foreign_prompt(texts) == ForeignPrompt(program, prompt)


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"Software": "x"},
        {"parameters": "\nSteps: 20"},
        {"prompt": "[" * 5000},
        {"prompt": '{"1": 3}'},
        {"prompt": json.dumps({"1": {"inputs": {"positive": ["1", 0]}}})},
        {"invokeai_metadata": '{"positive_prompt": 3}'},
        {"Dream": "x"},
    ],
)
def test_what_tells_no_prompt_gives_none(texts: dict[str, str]) -> None:
    assert foreign_prompt(texts) is None


json_values = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["inputs", "text", "positive", "1", "2"]), inner)
    ),
    max_leaves=20,
)


@given(json_values)
def test_any_graph_is_read_or_left(graph: Any) -> None:
    found = foreign_prompt({"prompt": json.dumps(graph)})
    assert found is None or found.prompt
