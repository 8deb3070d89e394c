"""What a LoRA file says of itself: its table and its notes. Nothing is loaded, and nothing is believed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeGuard

from sora_studio.core.errors import BadInput
from sora_studio.core.lora import LoraFile, few_steps
from sora_studio.weights.headers import Header, read_header
from sora_studio.weights.layout import PICKLES
from sora_studio.weights.recognise import recognise

SUFFIX = ".safetensors"
MOST_WORDS, LONGEST_WORD = 8, 80
COMMON = 0.95
"""How often a tag of the training set stands there, as a share of the most common one, to count as what wakes it."""
OTHER_KINDS = {"hada_w1_a": "LoHa", "lokr_w1": "LoKr", "lokr_w1_a": "LoKr", "dora_scale": "DoRA"}
"""Adapters of other kinds, by a part of their names."""


def read_lora(path: Path) -> LoraFile:
    """A LoRA file by its table. Raises BadInput saying why it is not used."""
    if path.suffix.lower() in PICKLES:
        raise BadInput(
            "“{name}” is a pickle, which can run any program when it is opened, so it is not loaded. Get the LoRA as a "
            "{suffix} file.",
            name=path.name,
            suffix=SUFFIX,
        )
    if path.suffix.lower() != SUFFIX:
        raise BadInput("“{name}” is no LoRA: those are {suffix} files.", name=path.name, suffix=SUFFIX)
    header = read_header(path)
    found = recognise(header)
    other = next((kind for name in header.tensors for part in name.split(".") if (kind := OTHER_KINDS.get(part))), "")
    if other:
        raise BadInput(
            "“{name}” is a {kind}, another kind of adapter, which is not applied. Look for a LoRA.",
            name=path.name,
            kind=other,
        )
    if found.role != "lora":
        raise BadInput("“{name}” holds no LoRA. Choose a file that was trained as one.", name=path.name)
    return LoraFile(path, path.stem, found.family, tuple(_words(header)), few_steps(path.stem))


def scales_of(header: Header) -> Callable[[str, int], float]:
    """How loud each part of a LoRA is, by the notes of files that diffusers saved: from its name and rank. Other files
    are as loud as their numbers, or were brought there when their names were converted."""
    told = _json(header.metadata.get("lora_adapter_metadata", ""))
    notes = {str(key).removeprefix("transformer."): value for key, value in told.items()} if _is_dict(told) else {}
    alpha, pattern, root = notes.get("lora_alpha"), notes.get("alpha_pattern"), notes.get("use_rslora") is True
    single = {str(key): value for key, value in pattern.items() if _number(value)} if _is_dict(pattern) else {}

    def scale(name: str, rank: int) -> float:
        mine = single.get(name, alpha)
        if not _number(mine) or rank < 1:
            return 1.0
        return float(mine) / (rank**0.5 if root else rank)

    return scale


def _words(header: Header) -> Iterator[str]:
    """Trigger words, the surest first, each once."""
    notes = header.metadata
    told = [notes.get(key, "") for key in ("modelspec.trigger_phrase", "trigger_words", "trigger_word", "trigger")]
    listed = [part for text in told for part in _listed(text)]
    seen: set[str] = set()
    for word in (*listed, *_common_tags(notes.get("ss_tag_frequency", ""))):
        clean = "".join(sign for sign in " ".join(word.split()) if sign.isprintable())[:LONGEST_WORD]
        if clean and clean.casefold() not in seen and len(seen) < MOST_WORDS:
            seen.add(clean.casefold())
            yield clean


def _listed(text: str) -> list[str]:
    """The words of a note: a list in JSON, or with commas between."""
    found = _json(text)
    if isinstance(found, list):
        return [word for word in found if isinstance(word, str)]
    return text.split(",")


def _common_tags(text: str) -> list[str]:
    """The tags that nearly every picture of the training set had (kohya's notes: {folder: {tag: count}})."""
    counts: Counter[str] = Counter()
    folders = _json(text)
    for tags in folders.values() if _is_dict(folders) else ():
        for tag, count in tags.items() if _is_dict(tags) else ():
            if _number(count):
                counts[str(tag)] += int(count)
    most = max(counts.values(), default=0)
    return [tag for tag, count in counts.most_common(MOST_WORDS) if count >= max(2, COMMON * most)]


def _is_dict(value: object) -> TypeGuard[dict[object, object]]:
    return isinstance(value, dict)


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9


def _json(text: str) -> object:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
