import json
import os
import signal

from sora_studio.training.loop import Log, clock, randomness


def test_log_writes_means_since_the_last_line(tmp_path):
    log = Log(tmp_path / "run")
    log.note(4, loss=1.0)
    log.note(4, loss=3.0)
    log.write(2, frames=1)
    log.note(4, loss=5.0)
    log.write(3)
    lines = [json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().splitlines()]
    assert [line["loss"] for line in lines] == [2.0, 5.0]
    assert lines[0]["step"] == 2
    assert lines[0]["frames"] == 1
    assert lines[0]["per_second"] > 0


def test_a_signal_asks_the_loop_to_stop_and_the_handler_comes_back():
    before = signal.getsignal(signal.SIGTERM)
    with clock(None) as timer:
        assert not timer.stopping()
        os.kill(os.getpid(), signal.SIGTERM)
        assert timer.stopping()
    assert signal.getsignal(signal.SIGTERM) is before


def test_no_minutes_stop_at_once():
    with clock(0.0) as timer:
        assert timer.stopping()
        assert not timer.due("save", 1.0)
        assert timer.due("save", 0.0)


def test_randomness_is_a_matter_of_seed_and_step():
    assert randomness(1, 2).initial_seed() == randomness(1, 2).initial_seed()
    assert len({randomness(seed, step).initial_seed() for seed in range(4) for step in range(4)}) == 16
