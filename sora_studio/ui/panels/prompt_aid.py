"""What the window knows of the prompt: asks the session a moment after the last key, and keeps the draft's phrases.

Typing, generating and everything else goes on without an answer; when there is none, there are no phrases.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from sora_studio.core.language import tr
from sora_studio.core.phrasebook import HELPED
from sora_studio.core.phrasing import CAMERA, Offer, Wishes, still_fitting
from sora_studio.core.reading import Reading
from sora_studio.session.errands import Errand
from sora_studio.session.prompting import Considered, Question, Retold
from sora_studio.session.session import Notice, Session
from sora_studio.ui.panels.draft_state import DraftState

QUIET = 300
"""Milliseconds without a key after which the prompt is considered."""
NO_MODEL = "none"
"""The setting while no language model is chosen."""


class PromptAid(QObject):
    """Follows the draft and writes its phrases; `changed` when there is something else to show."""

    changed = Signal()
    rewritten = Signal(str)
    """The prompt in the words of a language model."""

    def __init__(self, session: Session, draft: DraftState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._draft = session, draft
        self.offers: tuple[Offer, ...] = ()
        """The phrases that are shown, and sent."""
        self.considered: Considered | None = None
        """The last answer; about the prompt of that moment."""
        self.reading = Reading()
        """What is understood of the prompt: its known words at once, the others once they are considered."""
        self._wishes = Wishes()
        self._resting = ""
        self._asked: Question | None = None
        self._errand: Errand | None = None
        self._rewriting: Errand | None = None
        self._told: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET)
        self._timer.timeout.connect(self._ask)
        draft.changed.connect(self._follow)
        session.adjusted.connect(self._adjusted)
        self._follow()

    @property
    def there(self) -> bool:
        """Whether there is an assistant to ask."""
        return self._session.meaning.errands.there

    @property
    def on(self) -> bool:
        """Whether phrases are wanted."""
        return self.there and self._session.settings.prompting.helper

    @property
    def rewriting(self) -> bool:
        """Whether a language model is at work."""
        return self._rewriting is not None

    @property
    def model(self) -> Path | None:
        """The language model that was chosen."""
        name = self._session.settings.prompting.language_model
        return None if name == NO_MODEL else Path(name)

    @property
    def fresh(self) -> Considered | None:
        """The last answer, if it is about the prompt as it stands."""
        return self.considered if self.considered and self.considered.question == self._asked else None

    def turn(self, on: bool) -> None:
        """Want phrases from now on, or not."""
        settings = self._session.settings
        if on != settings.prompting.helper:
            self._wishes = Wishes()
            self._session.adjust(replace(settings, prompting=replace(settings.prompting, helper=on)))

    def choose(self, category: str, text: str) -> None:
        """Take another phrase."""
        self._wishes = self._wishes.choose(category, text)
        self._offer(tuple(_with(offer, text) if offer.category == category else offer for offer in self.offers))
        self._follow()
        self._now()

    def remove(self, category: str) -> None:
        """Leave a category out, until the prompt is emptied."""
        self._wishes = self._wishes.remove(category)
        self._offer(tuple(offer for offer in self.offers if offer.category != category))
        self._follow()
        self._now()

    def restore(self) -> None:
        """Offer again what was left out."""
        self._wishes = Wishes()
        self._follow()
        self._now()

    @property
    def left_out(self) -> bool:
        """Whether the artist took phrases away."""
        return bool(self._wishes.removed)

    def rest(self, prompt: str) -> None:
        """Offer nothing for this prompt: it is to be sent as it is, as it was before."""
        self._resting = prompt.strip()
        self._follow()

    def rewrite(self, model: Path) -> None:
        """Have a language model tell the prompt in more words."""
        settings = self._session.settings
        if str(model) != settings.prompting.language_model:
            self._session.adjust(replace(settings, prompting=replace(settings.prompting, language_model=str(model))))
        self.stop()
        self._rewriting = self._session.prompting.rewrite(model, self._draft.value.prompt, self._retold, self._refused)
        self.changed.emit()

    def stop(self) -> None:
        """Stop the language model."""
        if self._rewriting is not None:
            self._rewriting.cancel()
            self._rewriting = None
            self.changed.emit()

    def _question(self) -> Question:
        value = self._draft.value
        prompt = value.prompt.strip()
        return Question(prompt, value.engine, value.look, self._fitting_wishes(), self.on and prompt != self._resting)

    def _fitting_wishes(self) -> Wishes:
        """A picture that is given shows place, light and weather itself: beside it only the camera is spoken of."""
        value, wishes = self._draft.value, self._wishes
        if value.first or value.last or value.video or value.given:
            for category in HELPED:
                if category not in (CAMERA, *wishes.chosen):
                    wishes = wishes.remove(category)
        return wishes

    def _follow(self) -> None:
        """The draft is another: what speaks against it goes at once, the rest waits for a quiet moment."""
        question = self._question()
        if question == self._asked:
            return
        if not question.prompt:
            self._wishes = Wishes()
            question = self._question()
        self._asked = question
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None
        if not self.there or not question.prompt:
            self._timer.stop()
            self.considered, self.reading = None, Reading()
            self._offer(())
            self.changed.emit()
            return
        known = self._session.prompting.glance(question.prompt, question.engine)
        self.reading = replace(known, open=())
        kept = still_fitting(self.offers, known, question.look) if question.help else ()
        self._offer(tuple(offer for offer in kept if offer.category not in question.wishes.removed))
        self._timer.start()
        self.changed.emit()

    def _adjusted(self) -> None:
        """Phrases may be wanted now, or no longer."""
        self._follow()
        self.changed.emit()

    def _now(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._ask()

    def _ask(self) -> None:
        if self._asked is not None:
            self._errand = self._session.prompting.consider(self._asked, self._learned, self._failed)

    def _learned(self, considered: Considered) -> None:
        self._errand = None
        self.considered, self.reading = considered, considered.reading
        self._offer(considered.offers)
        self.changed.emit()

    def _failed(self, reason: str) -> None:
        self._errand = None
        self.considered = None
        self._offer(())
        self._say(reason)
        self.changed.emit()

    def _retold(self, retold: Retold) -> None:
        self._rewriting = None
        if retold.missing:
            words = ", ".join(f"“{word}”" for word in retold.missing)
            text = tr(
                "The language model left out {words}, so your prompt stays as it is. It wrote: “{text}”",
                words=words,
                text=retold.text,
            )
            self._session.noticed.emit(Notice("info", text))
        else:
            self.rewritten.emit(retold.text)
        self.changed.emit()

    def _refused(self, reason: str) -> None:
        self._rewriting = None
        if reason:
            self._session.noticed.emit(Notice("error", reason))
        self.changed.emit()

    def _offer(self, offers: tuple[Offer, ...]) -> None:
        self.offers = offers
        self._draft.update(phrases=tuple(offer.phrase for offer in offers))

    def _say(self, reason: str) -> None:
        """A failure is told once; it comes back with every key."""
        if reason and reason not in self._told:
            self._told.add(reason)
            self._session.noticed.emit(Notice("info", tr("No phrases for the prompt now. {reason}", reason=reason)))


def _with(offer: Offer, text: str) -> Offer:
    """The offer with another phrase of it in front."""
    others = (offer.text, *(other for other in offer.alternatives if other != text))
    return replace(offer, text=text, alternatives=others, chosen=True)
