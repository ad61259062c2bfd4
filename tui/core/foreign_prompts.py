"""Prompts as other programs leave them in their PNG files."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

_A1111_END = re.compile(r"\n(?:Negative prompt:|Steps: \d)")
_DREAM = re.compile(r'\s*"((?:\\.|[^"\\])*)"')
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class ForeignPrompt:
    """The program that made an image, and what it was told to show."""

    program: str
    prompt: str


def foreign_prompt(texts: Mapping[str, str]) -> ForeignPrompt | None:
    """Find the prompt among a PNG's texts (by keyword), A1111's, InvokeAI's or ComfyUI's."""
    for program, read, keyword in (
        ("a1111", _a1111, "parameters"),
        ("invokeai", _invokeai, "invokeai_metadata"),
        ("invokeai", _sd_metadata, "sd-metadata"),
        ("invokeai", _dream, "Dream"),
        ("comfyui", _comfyui, "prompt"),
    ):
        if keyword not in texts:
            continue
        with suppress(ValueError, TypeError, LookupError, AttributeError, RecursionError):
            prompt = read(texts[keyword])
            if isinstance(prompt, str) and prompt.strip():
                return ForeignPrompt(program, prompt.strip())
    return None


def _a1111(text: str) -> str:
    return _A1111_END.split(f"\n{text}", maxsplit=1)[0]


def _invokeai(text: str) -> Any:
    return json.loads(text)["positive_prompt"]


def _sd_metadata(text: str) -> Any:
    prompt = json.loads(text)["image"]["prompt"]
    if isinstance(prompt, list):
        return ", ".join(one["prompt"] for one in prompt)
    return prompt


def _dream(text: str) -> str:
    found = _DREAM.match(text)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


def _comfyui(text: str) -> str:
    """Follow a sampler's `positive` input to the text that it begins with."""
    nodes: dict[str, Any] = json.loads(text)
    inputs = [node["inputs"] for node in nodes.values() if isinstance(node.get("inputs"), dict)]
    for one in inputs:
        if "positive" in one and (found := "".join(_texts_behind(nodes, one["positive"], 0))):
            return found
    texts = [one["text"] for one in inputs if isinstance(one.get("text"), str)]
    return max(texts, key=len, default="")


def _texts_behind(nodes: Mapping[str, Any], link: Any, depth: int) -> Iterator[str]:
    if not isinstance(link, list) or not link or depth > _DEEPEST:
        return
    inputs = nodes[str(link[0])]["inputs"]
    text = inputs.get("text")
    if isinstance(text, str):
        yield text
        return
    for value in [text] if isinstance(text, list) else inputs.values():
        if isinstance(value, str) and value and depth and len(inputs) == 1:
            yield value  # a node that only holds a text
            return
        found = list(_texts_behind(nodes, value, depth + 1))
        if found:
            yield from found
            return
