"""The order of waiting jobs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sora_studio.jobs.line import HIGH, LOW, Place, moved, ranked

PRIORITIES = st.integers(LOW, HIGH)


@st.composite
def lines(draw: st.DrawFn) -> list[Place]:
    """A line as it may stand: by priority."""
    names = draw(st.lists(st.sampled_from("abcdefgh"), unique=True))
    return ranked([Place(name, draw(PRIORITIES)) for name in names])


@given(lines(), st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh"))
def test_a_moved_job_stands_before_the_other_and_the_line_stays_in_rank(
    line: list[Place], job: str, before: str
) -> None:
    after = moved(line, job, before)
    assert sorted(one.job for one in after) == sorted(one.job for one in line), "none is lost, none is made twice"
    assert after == ranked(after)
    others = [one for one in after if one.job != job]
    assert others == [one for one in line if one.job != job], "the others stay as they are"
    names = [one.job for one in after]
    if job in names and job != before:
        assert names.index(job) + 1 == (names.index(before) if before in names else len(names))


@given(st.lists(st.builds(Place, st.uuids().map(str), PRIORITIES), unique_by=lambda one: one.job))
def test_the_highest_priority_is_first_and_equals_keep_their_order(line: list[Place]) -> None:
    after = ranked(line)
    assert [one.priority for one in after] == sorted((one.priority for one in line), reverse=True)
    for priority in range(LOW, HIGH + 1):
        assert [one for one in after if one.priority == priority] == [one for one in line if one.priority == priority]
