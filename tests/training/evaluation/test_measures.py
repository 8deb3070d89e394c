"""What a measure says of itself, and the shape in which programs get it."""

import json

from sora_studio.training.evaluation.measures import Measure, as_data, as_row, mean, share, summary

REACHED = Measure("sharp", 33.0, 32.0, "dB")
MISSED = Measure("seam", 1.5, 1.3, "x", at_most=True, note="4 seams")
ABSENT = Measure("clip", None, 90.0, note="not there")
TOLD = Measure("weather", 12.0, None)


def test_a_bar_is_met_from_the_right_side():
    assert REACHED.ok
    assert Measure("sharp", 32.0, 32.0, "dB").ok
    assert not MISSED.ok
    assert Measure("seam", 1.3, 1.3, "x", at_most=True).ok


def test_what_could_not_be_measured_meets_no_bar():
    assert not ABSENT.ok
    assert not Measure("clip", None, None).ok
    assert not Measure("odd", float("nan"), 1.0, at_most=True).ok


def test_a_figure_without_a_bar_is_fine():
    assert TOLD.ok


def test_the_data_are_name_value_bar_ok_and_survive_json():
    data = json.loads(json.dumps(as_data([REACHED, MISSED, ABSENT])))
    assert [set(row) for row in data["measures"]] == [{"name", "value", "bar", "ok"}] * 3
    assert [row["ok"] for row in data["measures"]] == [True, False, False]
    assert data["measures"][2]["value"] is None
    assert data["notes"] == {"seam": "4 seams", "clip": "not there"}


def test_a_row_marks_what_is_missed_and_says_missing():
    assert as_row(REACHED, 8).startswith("  sharp")
    assert as_row(MISSED, 8).startswith("! seam")
    assert "missing" in as_row(ABSENT, 8)
    assert "<= 1.3 x" in as_row(MISSED, 8)


def test_the_summary_counts_the_bars_only():
    assert summary([REACHED, MISSED, ABSENT, TOLD]) == "1 of 3 bars are met"


def test_shares_and_means_of_nothing_are_none():
    assert share(0, 0) is None
    assert mean([]) is None
    assert share(1, 4) == 25.0
