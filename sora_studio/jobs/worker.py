"""The worker process: one engine, one job. Run by `python -m sora_studio.jobs.worker --loader module:function`.

It reads commands from its standard input and writes reports to what was its standard output; everything else that is
printed goes to its standard error. Two threads: this one makes frames, a second reads commands, so that a cancellation
arrives in the middle of a step. When its input ends, the studio is gone, and so is the worker.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import threading
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sora_studio.core.engine import Control, CutShort, Engine, Held, Measured, Preview, Progress, RunsIn
from sora_studio.core.errors import Cancelled, EngineError, OutOfMemory, StudioError
from sora_studio.core.inside import Insight
from sora_studio.core.language import tr
from sora_studio.core.machine import Machine
from sora_studio.core.request import Frames
from sora_studio.core.setup import Setup
from sora_studio.jobs.channel import Channel, give_back_memory, named, settle
from sora_studio.jobs.kept import KeptRun
from sora_studio.jobs.protocol import (
    Ack,
    Attach,
    Broke,
    Cancel,
    Ended,
    Enough,
    Hello,
    Made,
    Message,
    Parked,
    Probe,
    Probed,
    ProtocolError,
    Ran,
    Recorded,
    Remarked,
    Report,
    Run,
    Shown,
    Sounded,
    Stepped,
    Stopped,
    Took,
    Warm,
    encode,
    read,
)
from sora_studio.jobs.runner import Chunk, run_plan
from sora_studio.jobs.shared_frames import FrameWriter

NICENESS = 5
"""Lower priority than the window, which must stay quick while both cores compute."""

IDLE = 900.0
"""Seconds without work after which the engine gives its memory back; the next job loads it again."""

PROTOCOL_BROKEN = 70
"""Exit code after commands that could not be understood."""


class Worker:
    """The state of the process: an engine, the frame ring, and what the command thread has heard."""

    def __init__(self, channel: Channel[Message, Report], loader: str, idle: float = IDLE) -> None:
        self._channel = channel
        self._idle = idle
        self._loader = loader
        self._engine: Engine | None = None
        self._engine_name = ""
        self._writer: FrameWriter | None = None
        self._todo: queue.SimpleQueue[Run | Warm | Probe] = queue.SimpleQueue()
        self._cancelled: set[str] = set()
        self._enough: set[str] = set()
        self._unseen: Preview | None = None
        """The newest preview, when there was no room for it."""

    def listen(self) -> None:
        """The command thread: take commands in until the studio is gone, then end the process."""
        try:
            while (message := self._channel.receive()) is not None:
                match message:
                    case Run() | Warm() | Probe():
                        self._todo.put(message)
                    case Cancel(job):
                        self._cancelled.add(job)
                    case Enough(job):
                        self._enough.add(job)
                    case Ack(slot) if self._writer is not None:
                        self._writer.acknowledge(slot)
                    case Attach(ring, slots, slot_bytes):
                        if self._writer is not None:
                            self._writer.close()
                        self._writer = FrameWriter(ring, slots, slot_bytes)
                    case _:
                        pass
        except (ProtocolError, OSError):
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(PROTOCOL_BROKEN)
        os._exit(0)  # not sys.exit: the other thread may be deep inside a native call

    def work(self) -> None:
        """The frame-making thread: one command after the other, for ever."""
        while True:
            try:
                command = self._todo.get(timeout=self._idle if self._engine is not None else None)
            except queue.Empty:
                self._rest()
                continue
            match command:
                case Warm(engine):
                    self._warm(engine)
                case Probe():
                    self._probe()
                case Run() as run:
                    self._channel.send(self._outcome(run))
                    self._cancelled.discard(run.job)
                    self._enough.discard(run.job)

    def _warm(self, name: str) -> None:
        try:
            self._load(name)
        except Exception:  # noqa: BLE001 - the first job will load again and tell the artist
            traceback.print_exc()

    def _probe(self) -> None:
        """Say what the machine has; that it cannot be told is no reason to stop."""
        machine: Machine | None = None
        try:
            module, _, _ = self._loader.partition(":")
            machine = named(f"{module}:probe")()
        except Exception:  # noqa: BLE001 - drivers fail in ways of their own
            traceback.print_exc()
        self._channel.send(Probed(machine))

    def _outcome(self, run: Run) -> Report:
        """Make a job and say how it ended. Nothing that an engine raises ends the process."""
        try:
            return self._run(run)
        except Cancelled:
            return Stopped(run.job)
        except OutOfMemory as exc:
            return Broke(run.job, str(exc), traceback.format_exc(), exc.shortage)
        except StudioError as exc:
            return Broke(run.job, str(exc), traceback.format_exc() if exc.__cause__ else "")
        except Exception as exc:  # noqa: BLE001 - the worker loop is where unknown errors become words
            return Broke(run.job, _in_words(exc), traceback.format_exc())

    def _run(self, run: Run) -> Report:
        """Make a job to its end, or to where it is held."""

        def cancelled() -> bool:
            return run.job in self._cancelled

        if cancelled():
            raise Cancelled("The work was stopped.")
        if self._engine is None or self._engine_name != run.plan.request.engine:
            self._channel.send(Stepped(run.job, 0, run.plan.steps, "loading"))
        engine = self._load(run.plan.request.engine, run.setup)
        enough = lambda: run.job in self._enough  # noqa: E731
        control = Control(cancelled, run.preview_share, enough, run.hold, run.record, setup=run.setup)
        steps, self._unseen = run.plan.request.steps, None
        cut: list[CutShort] = []
        for event in run_plan(run.plan, engine, control, run.resume, self._kept(run, engine)):
            match event:
                case Held(latents):
                    self._show_last(run.job)
                    return Parked(run.job, latents)
                case CutShort():
                    cut.append(event)
                case Chunk(start, frames, steps, sound):
                    self._show_last(run.job)
                    if sound is not None:
                        self._channel.send(Sounded(run.job, start, sound))
                    self._hand_over(run.job, start, frames)
                case _:
                    self._tell(run.job, event)
        if cut:
            self._channel.send(Remarked(run.job, _cut_in_words(cut)))
        return Ended(run.job, steps)

    def _tell(self, job: str, event: Progress | Preview | Insight | RunsIn | Measured) -> None:
        """Report what goes on while a clip is made."""
        match event:
            case Progress(step, steps, stage):
                self._channel.send(Stepped(job, step, steps, stage))
            case Preview():
                self._show(job, event)
            case Insight():
                self._channel.send(Recorded(job, event))
            case RunsIn(setup):
                self._channel.send(Ran(job, setup))
            case Measured(setup, past):
                self._channel.send(Took(job, setup, past))

    def _kept(self, run: Run, engine: Engine) -> KeptRun | None:
        """What the job keeps and goes on from, if it does."""
        if not run.keep or not engine.capabilities.resumable:
            return None
        return KeptRun(
            Path(run.keep), run.plan, engine.weights, lambda text: self._channel.send(Remarked(run.job, text))
        )

    def _rest(self) -> None:
        """Nobody has asked for anything for long: other programs may have the memory."""
        engine, self._engine = self._engine, None
        if engine is not None:
            try:
                engine.unload()
            except Exception:  # noqa: BLE001 - drivers fail in ways of their own, and the next job loads anew
                traceback.print_exc()
        del engine
        give_back_memory()

    def _load(self, name: str, setup: Setup | None = None) -> Engine:
        """The engine, brought into memory; another one leaves it first."""
        if self._engine is not None and self._engine_name == name:
            return self._engine
        if self._engine is not None:
            self._engine.unload()
            self._engine = None
        engine: Engine = named(self._loader)(name)
        engine.load(setup)
        self._engine, self._engine_name = engine, name
        return engine

    def _ring(self) -> FrameWriter:
        if self._writer is None:
            raise EngineError("The worker was given no memory for frames. Run the job again.")
        return self._writer

    def _show(self, job: str, preview: Preview) -> None:
        """Send a preview, if a slot is free: a later one is better than a late one."""
        frames, ring = preview.frames, self._ring()
        while frames.nbytes > ring.slot_bytes and min(frames.shape[1:3]) > 1:
            frames = frames[:, ::2, ::2]
        preview, slot = replace(preview, frames=frames), ring.try_write(frames)
        self._unseen = preview if slot is None else None
        if slot is not None:
            self._send_preview(job, preview, slot)

    def _show_last(self, job: str) -> None:
        """Before what has become of it, send the last preview if it found no slot; waits for the studio to read."""
        preview, self._unseen = self._unseen, None
        if preview is not None:
            self._send_preview(job, preview, self._ring().write(preview.frames, lambda: self._give_up(job)))

    def _send_preview(self, job: str, preview: Preview, slot: int) -> None:
        self._channel.send(Shown(job, slot, preview.frames.shape, preview.step, preview.steps, preview.start))

    def _hand_over(self, job: str, start: int, frames: Frames) -> None:
        """Send final frames, as many at once as a slot holds; waits for the studio to read."""
        ring = self._ring()
        count = max(1, ring.slot_bytes // max(1, frames[0].nbytes))
        for first in range(0, len(frames), count):
            part = frames[first : first + count]
            if part[0].nbytes > ring.slot_bytes:
                raise EngineError("A frame is larger than the memory for frames. Make the picture smaller.")
            slot = ring.write(part, lambda: self._give_up(job))
            self._channel.send(Made(job, slot, part.shape, start + first))

    def _give_up(self, job: str) -> None:
        """Raise Cancelled when nobody waits for the frames of a job any more."""
        if job in self._cancelled:
            raise Cancelled("The work was stopped.")


def main(arguments: list[str] | None = None) -> None:
    """Run the worker until the studio closes its input."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--loader",
        required=True,
        help="package.module:function that returns an engine by its name; “probe” in the same module returns a Machine",
    )
    parser.add_argument("--idle", type=float, default=IDLE, help="seconds until an unused engine is unloaded")
    options = parser.parse_args(arguments)
    settle(NICENESS)
    channel: Channel[Message, Report] = Channel(read, encode)
    worker = Worker(channel, options.loader, options.idle)
    threading.Thread(target=worker.listen, name="commands", daemon=True).start()
    channel.send(Hello(os.getpid()))
    worker.work()


def _cut_in_words(cut: Sequence[CutShort]) -> str:
    """What a step cache did in the windows of a clip."""
    short, calls = sum(one.short for one in cut), sum(one.calls for one in cut)
    if not short:
        return tr("The step cache found nothing to leave out: something changed in every step.")
    return tr("The step cache cut {short} of {calls} calls of the network short.", short=short, calls=calls)


def _in_words(exc: Exception) -> str:
    """A sentence for an error that no one foresaw."""
    if isinstance(exc, MemoryError) or type(exc).__name__ == "OutOfMemoryError":
        return tr(
            "The engine ran out of memory. Make the picture smaller or the clip shorter, or close other programs."
        )
    return tr(
        "The engine failed ({kind}). Try again; if it stays, report it with the details.", kind=type(exc).__name__
    )


if __name__ == "__main__":
    main()
