"""What runs took is remembered by model and setup, and corrects forecasts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sora_studio.core.forecast import Past
from sora_studio.core.setup import Setup
from sora_studio.jobs.experience import Experience

CARD = Setup("card", "bf16")


def test_the_newest_run_counts_most_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "measured.json"
    known = Experience(path)
    assert known.of("wan", CARD) == Past()
    known.add("wan", CARD, Past(1.2, 1.0, 3.0))
    assert known.of("wan", CARD) == Past(1.2, 1.0, 3.0)
    known.add("wan", CARD, Past(1.0, 1.0, 1.0))
    assert known.of("wan", CARD) == Past(pytest.approx(1.1), 1.0, 2.0)
    again = Experience(path)
    assert again.of("wan", CARD) == known.of("wan", CARD)
    assert again.of("ltx", CARD) == Past()


def test_speed_tells_about_other_setups_in_the_same_place() -> None:
    known = Experience()
    known.add("wan", CARD, Past(1.5, 1.0, 2.0))
    known.add("wan", replace(CARD, tiles=True), Past(1.0, 1.0, 8.0))
    assert known.of("wan", replace(CARD, offload="leaf")) == Past(seconds=pytest.approx(4.0))
    assert known.of("wan", Setup()) == Past()


def test_nonsense_is_no_experience(tmp_path: Path) -> None:
    path = tmp_path / "measured.json"
    known = Experience(path)
    for past in (Past(card=float("nan")), Past(seconds=0.0), Past(ram=1e9)):
        known.add("wan", CARD, past)
    assert known.of("wan", CARD) == Past()
    for text in ("", "[]", '{"wan": 3}', '{"wan": {"card": {"seconds": -1}}}', '{"wan": {"card": {"cards": 1}}}'):
        path.write_text(text)
        assert Experience(path).of("wan", CARD) == Past()
