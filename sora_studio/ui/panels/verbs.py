"""What can be done with the selection: one clip is extended, restyled, looped, varied, upscaled; two
neighbours are bridged."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import assert_never

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from sora_studio.core.language import tr
from sora_studio.core.media_item import Lost, Pending, Ready
from sora_studio.core.timeline import Clip, Timeline
from sora_studio.session.session import Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.panels.controls import Card, ElidedLabel, SliderRow, label, push_button, row, seconds_box
from sora_studio.ui.panels.draft_state import DraftState
from sora_studio.ui.panels.shared import in_common


def neighbours(timeline: Timeline, selection: tuple[str, ...]) -> tuple[Clip, Clip] | None:
    """The two selected clips in order when they stand next to each other on a track."""
    if len(selection) != 2 or not all(timeline.has(clip_id) for clip_id in selection):
        return None
    first, second = (timeline.find(clip_id)[1] for clip_id in selection)
    if second.start < first.start:
        first, second = second, first
    return (first, second) if timeline.neighbours(first.id)[1] == second else None


class VerbsPanel(Card):
    """Hidden while nothing is selected: then there is only a new clip to make."""

    take_over = Signal(str)  # the media whose prompt and settings are wanted

    def __init__(self, session: Session, draft: DraftState) -> None:
        super().__init__(tr("Selected clip"), "verbsPanel")
        self._session, self._draft = session, draft
        self.name = ElidedLabel("title", "selectedName")
        self.note = label("", "faint", "selectedNote")
        self.note.setWordWrap(True)
        self.seconds = seconds_box("verbSeconds", "Seconds to add", 600)
        self.seconds.setValue(2)
        self.before = push_button("extendBefore", "Before", "arrow-left-to-line")
        self.after = push_button("extendAfter", "After", "arrow-right-to-line")
        self.bridge = push_button("bridge", "Bridge the cut", "spline")
        self.restyle = push_button("restyle", "Restyle", "brush")
        self.loop = push_button("loop", "Loop", "repeat")
        self.vary = push_button("vary", "Vary", "shuffle")
        self.twice = push_button("upscale2", "Upscale 2×", "image-upscale")
        self.four_times = push_button("upscale4", "Upscale 4×", "image-upscale")
        self.again = push_button("takeOver", "Use its prompt", "copy")
        self.keep = SliderRow("restyleKeep", "Keep", (0, 100, 5), "{:.0f} %")
        self._lay_out()
        self._explain()
        self._wire()
        self.follow()

    def _lay_out(self) -> None:
        self._extend_name = label("Extend", "dim")
        self.body.addWidget(self.name)
        self.body.addWidget(self.note)
        self._length = QWidget()
        line = row(self._extend_name, self.seconds, gap=8)
        line.setStretch(1, 1)
        self._length.setLayout(line)
        self.body.addWidget(self._length)
        grid = QGridLayout()
        grid.setSpacing(6)
        making = ((self.before, self.after), (self.restyle, self.loop), (self.vary, self.again))
        pairs = (*making, (self.twice, self.four_times))
        for index, pair in enumerate(pairs):
            for column, button in enumerate(pair):
                grid.addWidget(button, index, column)
        grid.addWidget(self.bridge, len(pairs), 0, 1, 2)
        self.body.addLayout(grid)
        self.body.addWidget(self.keep)

    def _explain(self) -> None:
        self.before.setToolTip(tr("Generate what came before the clip"))
        self.after.setToolTip(tr("Generate what follows the clip"))
        self.bridge.setToolTip(tr("Generate a passage from the first clip to the second"))
        self.restyle.setToolTip(tr("Tell the clip again in the words and look of the prompt"))
        self.loop.setToolTip(tr("Generate the way from its end back to its start"))
        self.vary.setToolTip(tr("Make it again with another seed; the new take stays on the clip beside the old one"))
        self.again.setToolTip(tr("Take over the prompt, seed and settings that made this clip"))
        self.keep.setToolTip(tr("How much of the clip stays when it is restyled"))

    def _wire(self) -> None:
        session, draft = self._session, self._draft
        self._on(self.before, lambda clip: session.extend(clip, self.seconds.value(), draft.value, before=True))
        self._on(self.after, lambda clip: session.extend(clip, self.seconds.value(), draft.value))
        self._on(self.restyle, lambda clip: session.restyle(clip, draft.value))
        self._on(self.loop, lambda clip: session.loop(clip, self.seconds.value(), draft.value))
        self._on(self.vary, session.vary)
        for button, by in self._upscaling():
            self._on(button, partial(session.upscale, by=by))
        self.bridge.clicked.connect(self._bridge)
        self.keep.moved.connect(lambda percent: draft.update(strength=percent / 100))
        self.again.clicked.connect(self._take_over)
        draft.changed.connect(lambda: self.keep.set_value(draft.value.strength * 100))

    def _upscaling(self) -> tuple[tuple[QPushButton, int], ...]:
        return (self.twice, 2), (self.four_times, 4)

    def _on(self, button: QPushButton, act: Callable[[str], object]) -> None:
        def clicked() -> None:
            selection = self._session.selection
            if len(selection) == 1:
                attempt(self._session, lambda: act(selection[0]))

        button.clicked.connect(clicked)

    def _bridge(self) -> None:
        pair = neighbours(self._session.timeline, self._session.selection)
        if pair:
            attempt(
                self._session,
                lambda: self._session.bridge(pair[0].id, pair[1].id, self.seconds.value(), self._draft.value),
            )

    def _take_over(self) -> None:
        if len(self._session.selection) == 1:
            _, clip = self._session.timeline.find(self._session.selection[0])
            self.take_over.emit(clip.media)

    def follow(self) -> None:
        """Show what fits the selection as it is now."""
        timeline = self._session.timeline
        selected = tuple(clip for clip in self._session.selection if timeline.has(clip))
        self.setVisible(bool(selected))
        self.keep.set_value(self._draft.value.strength * 100)
        if len(selected) == 1:
            self._show_one(timeline.find(selected[0])[1])
        elif selected:
            self._show_many(selected)

    def _show_one(self, clip: Clip) -> None:
        item = self._session.item(clip.media)
        ready = isinstance(item.state, Ready)
        self.caption.setText(tr("SELECTED CLIP"))
        self.name.say(clip.name or item.name)
        match item.state:
            case Ready():
                seen = f"{item.size.width} × {item.size.height}" if item.picture else tr("Sound")
                note = f"{self._session.timeline.rate.seconds(clip.length):.1f} s · {seen}"
                ready = item.picture
            case Pending():
                note = tr("Being made. Its verbs wake when it is done.")
            case Lost(reason):
                note = reason
            case _:
                assert_never(item.state)
        self.note.setText(note)
        self._extend_name.setText(tr("Extend by"))
        for part in (self.before, self.after, self.restyle, self.loop, self.vary, self.twice, self.four_times):
            part.setVisible(item.picture and not isinstance(item.state, Pending))
            part.setEnabled(ready)
        for button, by in self._upscaling():
            size = f"{by * item.size.width} × {by * item.size.height}"
            button.setToolTip(tr("Make the clip larger, {size}; the new take stays beside the old one", size=size))
        self.vary.setEnabled(ready and item.generated_from is not None)
        self._length.setVisible(ready)
        self.keep.setVisible(ready)
        self.bridge.setVisible(False)
        self.again.setVisible(item.picture)
        self.again.setEnabled(item.generated_from is not None)

    def _show_many(self, selected: tuple[str, ...]) -> None:
        pair = neighbours(self._session.timeline, selected)
        self.caption.setText(tr("SELECTED CLIPS"))
        self.name.say(f"{pair[0].name} → {pair[1].name}" if pair else tr("{count} clips", count=len(selected)))
        ready = pair is not None and all(isinstance(self._session.item(clip.media).state, Ready) for clip in pair)
        common = in_common(self._session, [self._session.timeline.find(one)[1] for one in selected])
        hint = (
            tr("A generated passage joins them.")
            if ready
            else tr("Both clips must be ready to be bridged.")
            if pair
            else tr("Select two neighbours to bridge them, or one clip to extend it.")
        )
        self.note.setText(f"{common}\n{hint}")
        self._extend_name.setText(tr("Bridge of"))
        one = (self.before, self.after, self.restyle, self.loop, self.vary, self.keep, self.again)
        for part in (*one, self.twice, self.four_times):
            part.setVisible(False)
        self._length.setVisible(pair is not None)
        self.bridge.setVisible(pair is not None)
        self.bridge.setEnabled(ready)
