"""Looks are files an artist can share."""

from __future__ import annotations

from pathlib import Path

import pytest

from sora_studio.core.errors import BadInput
from sora_studio.core.looks import find_look, load_look, shipped_looks


def test_every_shipped_look_tells_the_prompt() -> None:
    looks = shipped_looks()
    assert len(looks) >= 8
    assert len({look.name for look in looks}) == len(looks)
    for look in looks:
        assert look.apply("a red cat").startswith("a red cat")


def test_an_unknown_look_lists_the_names() -> None:
    with pytest.raises(BadInput, match="watercolour"):
        find_look("cubist")
    assert find_look("Watercolour").name == "watercolour"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}', '{"name":"x","title":"X","template":"no words"}'])
def test_a_damaged_look_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "look.json"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"look\.json"):
        load_look(path)
