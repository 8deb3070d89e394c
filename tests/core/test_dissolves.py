"""A dissolve that cannot be is refused in a sentence that is read at a glance."""

from __future__ import annotations

import pytest

from sora_studio.core import edits
from sora_studio.core.dissolves import MOST_OF_A_NAME, add_dissolve
from sora_studio.core.errors import BadInput
from sora_studio.core.timeline import Clip, Timeline

PROMPT = "the camera zooms in slowly in the city by day in clear weather, the light is bright"


def refusal(*names: str) -> str:
    left, right = (Clip(f"m{place}", 24 * place, 24, name=name) for place, name in enumerate(names))
    timeline = edits.place(edits.place(Timeline(), 0, left), 0, right)
    with pytest.raises(BadInput) as caught:
        add_dissolve(timeline, left.id, right.id, 12, lambda _media: 24)
    return str(caught.value)


def test_clips_without_frames_beyond_the_cut_are_called_by_the_beginning_of_their_names() -> None:
    said = refusal(PROMPT, "a boat")
    assert "Trim the end of “the camera zooms in slowly in t…” and the start of “a boat” by a few frames" in said
    assert PROMPT[: MOST_OF_A_NAME + 1] not in said


def test_clips_without_a_name_are_called_by_their_order() -> None:
    assert "Trim the end of the first clip and the start of the second clip" in refusal("", "")
