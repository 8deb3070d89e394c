"""The film of a first start: three short clips that the built-in model makes while the artist looks on."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.core.language import tr
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt

SHOTS = (
    ("a red balloon rises over green hills at sunset, the camera pans right", 7),
    ("a small boat on a calm lake in the morning mist, the camera zooms in", 11),
    ("snow falls on a dark forest at night, the moon above", 23),
)
"""Prompts in the words the built-in model knows best, each with its seed."""
STEPS, SECONDS = 12, 1.5
"""Few and short: the first picture moves within a minute on two cores."""


def make_demo(session: Session) -> None:
    """Put the clips on the timeline; each plays as soon as it forms."""
    draft = session.first_draft()
    for prompt, seed in SHOTS:
        shot = replace(draft, prompt=prompt, seed=seed, steps=STEPS, seconds=SECONDS)
        if not attempt(session, lambda shot=shot: session.generate(shot)):  # type: ignore[misc]
            return
    text = tr("A small film is being made here so that something moves. Write your own prompt at any time.")
    session.noticed.emit(Notice("info", text))
