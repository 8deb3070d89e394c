"""What is done when something is let go: the verbs of the session and the draft behind each answer of the policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from sora_studio.core.errors import StudioError
from sora_studio.core.language import tr
from sora_studio.core.recipe import Recipe, generated_from
from sora_studio.core.timeline import Gap
from sora_studio.media.metadata import read_recipe
from sora_studio.session.carried import Clips, Files, LookCard, Media, Payload, Still, Words, kind_of_file
from sora_studio.session.draft import Draft, Keyframe
from sora_studio.session.drops import Accept, Act
from sora_studio.session.places import Board, Cut, Edge, Hole, Lane, OnCard, OnClip, OnLook, Place, Row
from sora_studio.session.session import Notice, Session
from sora_studio.ui.attempt import attempt
from sora_studio.ui.dialogs.opening import open_project
from sora_studio.ui.drag.between import SECONDS, Between
from sora_studio.ui.looks.trying import try_look, try_on
from sora_studio.ui.panels.draft_state import DraftState

AT_ONCE = 3
"""Files that are looked into on the spot; more are taken in beside the window."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the window that a drop reaches. `offer` shows a sentence with a button for a while."""

    take_in: Callable[[Iterable[Path], Callable[[list[str]], None] | None], None]
    take_recipe: Callable[[Recipe], None]
    write_prompt: Callable[[], None]
    choose: Callable[[list[str]], None]
    pick_given: Callable[[int], None]
    take_cards: Callable[[Payload, int], None]
    begin_card: Callable[[str, Payload], None]
    find_similar: Callable[[Path], None]
    take_looks: Callable[[list[Path]], None]
    look_of_picture: Callable[[Path], None]
    look_of_lora: Callable[[Path], None]
    use_lora: Callable[[Path], None]
    offer: Callable[[str, str, Callable[[], None]], None]


class Doer:
    """Does what was promised; what fails becomes a notice."""

    def __init__(self, session: Session, draft: DraftState, parts: Parts) -> None:
        self._session, self._draft, self._parts = session, draft, parts
        between = Between(session, draft, self._with_media)
        self._acts: dict[Act, Callable[[Payload, Place], None]] = {
            Act.ADD: self._add,
            Act.LAY: self._lay,
            Act.PLACE: self._place,
            Act.INSERT: between.insert,
            Act.WEAVE: between.weave,
            Act.LEAD: between.lead,
            Act.FILL: self._fill,
            Act.FIRST: partial(self._give, "first"),
            Act.LAST: partial(self._give, "last"),
            Act.VIDEO: partial(self._give, "video"),
            Act.ENDS: self._ends,
            Act.KEYFRAMES: self._keyframes,
            Act.RECIPE: self._recipe,
            Act.EXTEND: self._extend,
            Act.REACH: self._reach,
            Act.BRIDGE: self._bridge,
            Act.RESTYLE: self._restyle,
            Act.PROMPT: self._prompt,
            Act.CHOOSE_LOOK: self._choose_look,
            Act.OPEN: self._open,
            Act.CARD: self._card,
            Act.BEGIN: self._begin_card,
            Act.TAKE_LOOK: lambda payload, _place: parts.take_looks(self.paths(payload)),
            Act.LOOK_OF_PICTURE: lambda payload, _place: parts.look_of_picture(self.paths(payload)[0]),
            Act.LOOK_OF_LORA: lambda payload, _place: parts.look_of_lora(self.paths(payload)[0]),
            Act.USE_LORA: self._use_loras,
            Act.SIMILAR: lambda payload, _place: parts.find_similar(self.paths(payload)[0]),
        }

    def do(self, payload: Payload, place: Place, accept: Accept) -> None:
        """Do it."""
        attempt(self._session, lambda: self._acts[accept.act](payload, place))

    def _use_loras(self, payload: Payload, place: Place) -> None:
        del place
        for path in self.paths(payload):
            self._parts.use_lora(path)

    # -- what is carried, as files and as media ----------------------------------------------------------------

    def paths(self, payload: Payload) -> list[Path]:
        """The files of what is carried; raises BadInput when there are none."""
        if isinstance(payload, Files):
            return list(payload.paths)
        found = [self._session.media_path(media) for media in self._media(payload)]
        return [path for path in found if path is not None]

    def _media(self, payload: Payload) -> list[str]:
        """The media of what is carried, but for files."""
        session = self._session
        match payload:
            case Media(ids):
                return [media for media in ids if session.media_path(media) is not None]
            case Clips(ids):
                return [session.timeline.find(clip)[1].media for clip in ids if session.timeline.has(clip)]
            case Still(media, seconds):
                return [session.keep_still(media, seconds)]
            case _:
                return []

    def _with_media(self, payload: Payload, then: Callable[[list[str]], None]) -> None:
        """Hand over the media of what is carried; files are taken in first."""
        if not isinstance(payload, Files):
            then(self._media(payload))
        elif len(payload.paths) > AT_ONCE or any(path.is_dir() for path in payload.paths):
            self._parts.take_in(payload.paths, lambda ids: _done(attempt(self._session, lambda: then(ids))))
        else:
            then(self._taken(payload.paths))

    def _taken(self, paths: Iterable[Path]) -> list[str]:
        ids = []
        for path in paths:
            try:
                ids.append(self._session.import_media(path))
            except StudioError as exc:
                self._session.noticed.emit(Notice("error", str(exc)))
        self._offer_recipe(ids)
        return ids

    def _offer_recipe(self, ids: list[str]) -> None:
        """A file that was generated here brings its recipe back."""
        recipe = self._session.item(ids[0]).generated_from if len(ids) == 1 else None
        if recipe is not None:
            name = self._session.item(ids[0]).name
            self._parts.offer(
                tr("“{name}” carries its recipe.", name=name), tr("Restore it"), lambda: self._parts.take_recipe(recipe)
            )

    # -- library and timeline ----------------------------------------------------------------------------------

    def _add(self, payload: Payload, _place: Place) -> None:
        self._with_media(payload, self._parts.choose)

    def _lay(self, payload: Payload, _place: Place) -> None:
        """Behind the last clip of the first picture track, and go there."""
        line = self._session.timeline
        lane = line.of_kind("video")[0]
        self._with_media(payload, lambda ids: self._laid(ids, lane, self._session.timeline.tracks[lane].stop))

    def _place(self, payload: Payload, place: Place) -> None:
        if isinstance(place, Row | OnClip | Edge | Cut | Hole):
            self._with_media(payload, lambda ids: self._laid(ids, place.track, place.frame, go=False))

    def _laid(self, ids: list[str], track: int, frame: int, *, go: bool = True) -> None:
        session, clips = self._session, []
        for media in ids:
            clips.append(session.place(media, track, frame))
            frame = session.timeline.find(clips[-1])[1].stop
        session.select(*clips)
        if clips and go:
            session.seek(session.timeline.find(clips[0])[1].start)

    def _fill(self, payload: Payload, place: Place) -> None:
        if isinstance(place, Hole):
            self._with_media(
                payload,
                lambda ids: self._session.select(
                    *(self._session.put_in_gap(media, place.track, place.frame, place.stop) for media in ids[:1])
                ),
            )

    def _open(self, payload: Payload, _place: Place) -> None:
        for path in self.paths(payload):
            if kind_of_file(path) == "project":
                open_project(self._session, path)
                return

    def _card(self, payload: Payload, place: Place) -> None:
        if isinstance(payload, Still):
            payload = Media(tuple(self._media(payload)))
        if isinstance(place, Board):
            self._parts.take_cards(payload, place.place)

    def _begin_card(self, payload: Payload, place: Place) -> None:
        if isinstance(payload, Still):
            payload = Media(tuple(self._media(payload)))
        if isinstance(place, OnCard):
            self._parts.begin_card(place.card, payload)

    # -- the draft ---------------------------------------------------------------------------------------------

    def _give(self, field: str, payload: Payload, _place: Place) -> None:
        kinds = ("video",) if field == "video" else ("image", "video")
        path = next((path for path in self.paths(payload) if kind_of_file(path) in kinds), None)
        if path is not None:
            self._draft.update(**{field: path})
            self._parts.write_prompt()

    def _ends(self, payload: Payload, _place: Place) -> None:
        first, last = self.paths(payload)[:2]
        self._draft.update(first=first, last=last)
        self._parts.write_prompt()

    def _keyframes(self, payload: Payload, place: Place) -> None:
        """Several pictures, evenly from the place on; one where it was dropped."""
        paths = self.paths(payload)
        start = place.at if isinstance(place, Lane) else 0.0
        room = max(0.0, self._draft.value.seconds - start)
        step = room / max(1, len(paths) - (0 if isinstance(place, Lane) else 1))
        made = tuple(Keyframe(round(start + step * number, 3), path) for number, path in enumerate(paths))
        before = len(self._draft.value.given)
        self._draft.update(given=(*self._draft.value.given, *made))
        self._parts.pick_given(before)

    def _recipe(self, payload: Payload, _place: Place) -> None:
        if isinstance(payload, Files):
            recipe = generated_from(read_recipe(payload.paths[0]))
        else:
            recipe = self._session.item(self._media(payload)[0]).generated_from
        if recipe is not None:
            self._parts.take_recipe(recipe)

    def _prompt(self, payload: Payload, _place: Place) -> None:
        if isinstance(payload, Words):
            self._draft.update(prompt=" ".join(payload.text.split()))
            self._parts.write_prompt()

    def _choose_look(self, payload: Payload, _place: Place) -> None:
        if isinstance(payload, LookCard):
            self._draft.update(look=payload.name)

    # -- what is generated -------------------------------------------------------------------------------------

    def _extend(self, payload: Payload, place: Place) -> None:
        if isinstance(place, Edge):
            self._session.extend(
                place.clip, SECONDS, said(payload, self._draft.value, self._session), before=place.before
            )

    def _reach(self, payload: Payload, place: Place) -> None:
        if isinstance(place, Edge):
            goal = self.paths(payload)[0]
            self._session.reach(place.clip, goal, SECONDS, self._draft.value, before=place.before)

    def _bridge(self, payload: Payload, place: Place) -> None:
        if isinstance(place, Cut):
            self._session.bridge(place.left, place.right, SECONDS, said(payload, self._draft.value, self._session))
        elif isinstance(place, Hole):
            self._session.fill(
                Gap(place.track, place.frame, place.stop), said(payload, self._draft.value, self._session)
            )

    def _restyle(self, payload: Payload, place: Place) -> None:
        if isinstance(place, OnLook) and isinstance(payload, Clips):
            look = LookCard(place.name, place.title)
            for clip in payload.ids:
                try_look(self._session, clip, said(look, self._draft.value, self._session))
        elif isinstance(place, OnClip):
            tried = try_look if isinstance(payload, LookCard) else try_on
            tried(self._session, place.clip, said(payload, self._draft.value, self._session))


def said(payload: Payload, draft: Draft, session: Session) -> Draft:
    """The draft with the words or the look that were brought."""
    match payload:
        case Words(text):
            return replace(draft, prompt=" ".join(text.split()))
        case LookCard(name):
            return replace(draft, look=name, strength=session.lookbook.find(name).keep)
        case _:
            return draft


def _done(_worked: bool) -> None:
    """What was attempted has told its own notice."""
