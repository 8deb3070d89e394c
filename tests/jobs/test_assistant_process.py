"""The assistant as a real process: it starts late, answers in order, survives, and never outlives the studio."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from sora_studio.jobs import assistant_protocol as says
from sora_studio.jobs.assistant import GIVEN_UP, MOST_DEATHS, Assistant
from sora_studio.jobs.assistant_protocol import Answer, Embedded, Unable
from sora_studio.jobs.wire import ProtocolError

ROOT = Path(__file__).resolve().parents[2]
LONG = 60.0


class Desk:
    """An assistant and what it answered."""

    def __init__(self, loader: str = "tests.fakes.understanding:load", idle: float = 600.0) -> None:
        self.assistant = Assistant(loader, idle)
        self.answers: list[Answer] = []
        self._changed = threading.Condition()

    def ask(self, question: says.Question) -> int:
        return self.assistant.ask(question, self._hear)

    def until(self, count: int) -> list[Answer]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.answers) >= count, LONG), self.answers
        return self.answers

    def answer(self, question: says.Question) -> Answer:
        count = len(self.answers)
        self.ask(question)
        return self.until(count + 1)[-1]

    def _hear(self, answer: Answer) -> None:
        with self._changed:
            self.answers.append(answer)
            self._changed.notify_all()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.assistant.close()


def words(*texts: str) -> says.EmbedTexts:
    return says.EmbedTexts(0, texts)


MESSAGES = [
    says.EmbedTexts(1, ("a boat", "“böat”"), "pictures"),
    says.EmbedPictures(2, ("/a b/c.mp4",)),
    says.CountTokens(3, ("a",)),
    says.Rewrite(4, "/m.gguf", "a boat"),
    says.Forget(4),
    says.Counted(3, (3, 80), 77),
    says.Rewritten(4, "a red boat"),
    Unable(5, "It failed. “Try” again.", "line"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_survive_the_wire(message: says.Order | Answer) -> None:
    assert says.read(io.BytesIO(says.encode(message))) == message


def test_vectors_survive_the_wire() -> None:
    vectors = np.arange(6, dtype=np.float32).reshape(2, 3)
    got = says.read(io.BytesIO(says.encode(Embedded(7, vectors))))
    assert isinstance(got, Embedded)
    assert got.ask == 7
    np.testing.assert_array_equal(got.vectors, vectors)


def test_what_is_no_message_is_refused() -> None:
    with pytest.raises(ProtocolError):
        says.read(io.BytesIO(b"Hello, my name is Robert"))
    spoiled = says.encode(Embedded(7, np.zeros((2, 3), np.float32))).replace(b"[2, 3]", b"[5, 3]")
    with pytest.raises(ProtocolError):
        says.read(io.BytesIO(spoiled))


def test_the_process_starts_with_the_first_question_and_ends_with_the_studio() -> None:
    desk = Desk()
    assert desk.assistant.pid is None
    answer = desk.answer(words("a red boat", "a red boat", "grey sky"))
    assert isinstance(answer, Embedded)
    assert answer.vectors.dtype == np.float32
    assert answer.vectors[0] @ answer.vectors[1] == pytest.approx(1)
    assert answer.vectors[0] @ answer.vectors[2] < 0.5
    pid = desk.assistant.pid
    assert pid is not None
    process = psutil.Process(pid)
    desk.assistant.close()
    assert not process.is_running()
    desk.assistant.ask(words("too late"), desk._hear)
    assert len(desk.answers) == 1


def test_answers_come_in_order_and_prints_do_no_harm(desk: Desk) -> None:
    first, second = desk.ask(words("slow noise")), desk.ask(says.CountTokens(0, ("one two", "")))
    answers = desk.until(2)
    assert [answer.ask for answer in answers] == [first, second]
    assert answers[1] == says.Counted(second, (4, 2), 77)


def test_a_question_that_fails_is_told_in_words_and_the_next_one_is_answered(desk: Desk) -> None:
    answer = desk.answer(words("fail"))
    assert isinstance(answer, Unable)
    assert answer.reason == "These words cannot be weighed. Use others."
    answer = desk.answer(words("bug"))
    assert isinstance(answer, Unable)
    assert "ValueError" in answer.reason
    assert "a number is wrong" in answer.details
    assert isinstance(desk.answer(words("a boat")), Embedded)


def test_a_death_is_told_to_all_who_wait_and_it_starts_again(desk: Desk) -> None:
    desk.answer(words("a boat"))
    before = desk.assistant.pid
    desk.ask(words("slow exit"))
    desk.ask(words("a boat"))
    _, died, also = desk.until(3)
    assert isinstance(died, Unable)
    assert isinstance(also, Unable)
    assert "exit code 3" in died.reason
    assert "starts again by itself" in died.reason
    assert isinstance(desk.answer(words("a boat")), Embedded)
    assert desk.assistant.pid != before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no signal 9")
def test_after_several_deaths_in_a_row_it_rests(desk: Desk) -> None:
    for _ in range(MOST_DEATHS):
        answer = desk.answer(words("crash"))
        assert isinstance(answer, Unable)
        assert "signal 9" in answer.reason
    assert desk.answer(words("a boat")) == Unable(MOST_DEATHS + 1, GIVEN_UP)


def test_a_loader_that_is_not_there_is_told_in_words() -> None:
    desk = Desk("tests.fakes.nowhere:load")
    answer = desk.answer(words("a boat"))
    desk.assistant.close()
    assert isinstance(answer, Unable)
    assert "Install Sora Studio again" in answer.reason


def test_a_rewriting_that_is_forgotten_stops_and_makes_room(desk: Desk, tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.touch()
    number = desk.ask(says.Rewrite(0, str(model), "endless"))
    desk.assistant.forget(number)
    answer = desk.answer(says.Rewrite(0, str(model), "a boat"))
    assert answer == says.Rewritten(number + 1, "a boat, told in more words by model.")
    assert len(desk.answers) == 1, "a forgotten question is not answered"


def test_after_a_long_silence_it_ends_and_comes_back_when_asked() -> None:
    desk = Desk(idle=0.05)
    answer = desk.answer(words("slow"))
    assert isinstance(answer, Embedded), "a question that is being answered is no silence"
    while desk.assistant.pid is not None:
        time.sleep(0.01)
    assert isinstance(desk.answer(words("a boat")), Embedded)
    desk.assistant.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the end of its input ends it")
def test_it_ends_when_the_studio_is_killed() -> None:
    code = (
        "import time\n"
        "from sora_studio.jobs.assistant import Assistant\n"
        "from sora_studio.jobs.assistant_protocol import EmbedTexts\n"
        "assistant = Assistant('tests.fakes.understanding:load')\n"
        "assistant.ask(EmbedTexts(0, ('a',)), lambda answer: print(assistant.pid, flush=True))\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as studio:
        assert studio.stdout is not None
        process = psutil.Process(int(studio.stdout.readline()))
        studio.kill()
    process.wait(10)
    assert not process.is_running()
