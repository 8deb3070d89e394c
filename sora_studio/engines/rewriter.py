"""A language model of the artist's own, in a GGUF file, that tells a prompt in more words (the extra `llm`)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sora_studio.core.errors import Cancelled, EngineError
from sora_studio.core.language import mark

NOT_INSTALLED = mark(
    "Rewriting with a language model needs the extra “llm”. Install it with: pip install “sora-studio[llm]”, "
    "or pip install xllamacpp, and start the studio again."
)
CONTEXT = 2048
"""Tokens of instruction, prompt and answer."""
MOST_TOKENS = 160
"""Of the answer: above what a text tower reads."""

INSTRUCTION = (
    "You write prompts for a model that makes short video clips. Rewrite the user's prompt as one or two plain "
    "sentences in the present tense. Keep every subject, colour and action the user names, in the user's own words. "
    "Add what fits of place, time of day, weather, light, camera and look. Add no other subjects, no names, no story, "
    "no sound. At most fifty words."
)
SCHEMA = {
    "type": "object",
    "properties": {"prompt": {"type": "string", "minLength": 1, "maxLength": 400}},
    "required": ["prompt"],
    "additionalProperties": False,
}


class Rewriter:
    """Keeps the last language model in memory, so that a second try starts at once."""

    def __init__(self) -> None:
        self._server: Any = None
        self._loaded: Path | None = None

    def rewrite(self, model: Path, prompt: str, cancelled: Callable[[], bool]) -> str:
        """The prompt in more words, always the same for the same model and prompt.

        Raises EngineError when the extra, the file or an answer is missing; Cancelled within a few words of
        `cancelled()` turning true.
        """
        server = self._ready(model)
        said: list[str] = []

        def heard(chunk: dict[str, Any]) -> bool:
            """A piece of the answer; True stops the model."""
            for choice in chunk.get("choices", ()):
                said.append(str((choice.get("delta") or {}).get("content") or ""))
            return cancelled()

        if cancelled():
            raise Cancelled("The rewriting was stopped.")
        server.handle_chat_completions(
            {
                "messages": [{"role": "system", "content": INSTRUCTION}, {"role": "user", "content": prompt}],
                "max_tokens": MOST_TOKENS,
                "temperature": 0,
                "seed": 0,
                "stream": True,
                "response_format": {"type": "json_schema", "json_schema": {"name": "prompt", "schema": SCHEMA}},
            },
            heard,
        )
        if cancelled():
            raise Cancelled("The rewriting was stopped.")
        return _prompt_of("".join(said), model)

    def _ready(self, model: Path) -> Any:
        """The model in memory; another one leaves it first."""
        if self._server is not None and self._loaded == model:
            return self._server
        if not model.is_file():
            raise EngineError("The language model “{model}” is not there. Choose the .gguf file again.", model=model)
        try:
            import xllamacpp
        except ImportError as exc:
            raise EngineError(NOT_INSTALLED) from exc
        self._server = self._loaded = None
        params = xllamacpp.CommonParams()
        params.model.path = str(model)
        params.n_ctx = CONTEXT
        params.n_parallel = 1
        # More threads than free cores wait for each other ten times as long as they work.
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError as exc:
            raise EngineError(
                "“{name}” cannot be loaded as a language model. Choose a GGUF file of a model that follows "
                "instructions.",
                name=model.name,
            ) from exc
        self._loaded = model
        return self._server


def _prompt_of(answer: str, model: Path) -> str:
    """The prompt in the model's JSON; raises EngineError when there is none."""
    try:
        text = " ".join(str(json.loads(answer)["prompt"]).split())
    except (ValueError, KeyError, TypeError) as exc:
        raise EngineError(
            "“{name}” gave no prompt that can be used. Shorten yours, or choose another language model.",
            name=model.name,
        ) from exc
    if not text:
        raise EngineError("“{name}” answered with nothing. Choose another language model.", name=model.name)
    return text
