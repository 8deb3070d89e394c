"""The open project and its folder: opened, saved, and its changes kept in between, whatever happens to the folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from sora_studio.core.errors import ProjectError
from sora_studio.core.language import tr
from sora_studio.core.media_item import Ready
from sora_studio.core.project import Project
from sora_studio.session import lock, opening, store, unsaved
from sora_studio.session.autosave import Autosave, Standing
from sora_studio.session.opening import Opened
from sora_studio.session.reaching import Reached, Reaching, reach, reach_copy
from sora_studio.session.state import OpenProject, Post
from sora_studio.session.unsaved import Spot
from sora_studio.session.view_store import save_heights
from sora_studio.session.views import Notice
from sora_studio.settings.sections import Settings

AT_ONCE = 0.3
"""Seconds in which a drive answers as a rule: nothing need be said of it."""


class Folders(OpenProject):
    """The verbs for it."""

    def __init__(self, folder: Path | None, post: Post, settings: Settings) -> None:
        super().__init__(post, settings)
        self._autosave = Autosave(lambda standing: post(lambda: self._kept_elsewhere(standing)))
        self._follows = ""
        """The digest of what is saved."""
        if folder is not None and store.has_project(folder):
            self._enter(reach(folder, None))
        else:
            self._begin(folder)

    # verbs

    def new(self, folder: Path | None = None) -> None:
        """Start an empty project, in a folder or untitled. The former one stays as it is, with what is not saved."""
        if folder is not None and store.has_project(folder):
            raise ProjectError(
                "There is a project in “{folder}” already. Open it or choose another folder.", folder=folder
            )
        if folder is not None:
            store.make_folder(folder)
            lock.take(folder)
        self._leave()
        self._begin(folder)
        self._announce()

    def open(self, folder: Path) -> None:
        """Open a project's folder (or its project.json), as a copy where nothing can be written. The former project
        stays as it is, with what is not saved. Raises ProjectError; then it is open still."""
        self._autosave.settle()  # it may be the same folder
        self._enter_reached(reach(_folder(folder), self._home))

    def open_soon(self, folder: Path, told: Callable[[ProjectError | None], None], *, copy: bool = False) -> Reaching:
        """The same, or `open_copy`, without waiting for a drive that does not answer. `told` is called once it is open,
        or with why it cannot be; both may be before this returns. What comes back can be given up."""
        folder, home = _folder(folder), self._home

        def then(reaching: Reaching, answer: Reached | ProjectError) -> None:
            if reaching.given_up:
                if isinstance(answer, Reached) and answer.folder != self._home and not answer.copy:
                    self._autosave.try_on_drive(lambda: lock.release(answer.folder))
                return
            try:
                if isinstance(answer, ProjectError):
                    raise answer
                if answer.folder == self._home and not answer.copy:
                    self.open(answer.folder)  # it may be another project since it was read
                else:
                    self._enter_reached(answer)
            except ProjectError as exc:
                told(exc)
            else:
                told(None)

        self._autosave.settle()
        read = partial(reach_copy, folder) if copy else partial(reach, folder, home)
        reaching = Reaching(folder, read, self._post, then)
        reaching.wait(AT_ONCE)
        return reaching

    def open_copy(self, folder: Path) -> None:
        """Open what a project's folder holds as an untitled project. Its media stay where they are; nothing is written
        into the folder. The former project stays as it is. Raises ProjectError."""
        self._enter_reached(reach_copy(_folder(folder)))

    def open_left(self, folder: Path) -> None:
        """Open a project of which changes could not be saved; where its folder is not there, what is kept of it on
        this computer, as an untitled project. Raises ProjectError."""
        if store.has_project(folder):
            self.open(folder)
            return
        changes = unsaved.found(folder, "")
        if not changes:
            raise ProjectError("Nothing is kept of “{name}” any more.", name=folder.name)
        self._leave()
        self._enter_copy(changes[0].project, folder)
        self._announce()
        self._touched()

    def save(self) -> None:
        """Write the project where it lives. Raises ProjectError; what is not saved is kept on."""
        self._save_with(unsaved.aside(self._home))

    def _save_with(self, place: Path) -> None:
        """Save, with what was made in another place while the folder could not be written. That stays there as well
        until the saved project says where it is now: a kill in between leaves either whole."""
        before, left = self._media, self._bring_home(place)
        project, home = self.project, self._home

        def write() -> str:
            if not home.is_dir():
                raise ProjectError("The folder “{folder}” is gone. Bring it back, or save elsewhere.", folder=home)
            lock.take(home)
            return store.save(project, home)

        late = partial(self._saved_late, project, home)
        try:
            follows = self._autosave.save(write, self._spot, lambda digest: self._post(lambda: late(digest)))
        except ProjectError:
            self._media = before  # what is kept on says so too
            raise
        self._is_saved(project, follows)
        unsaved.drop_media(left)
        save_heights(self.viewing.heights, home)
        self._is_written()
        self.changed.emit()

    @property
    def keeps_changes(self) -> bool:
        """Whether what is not saved is there at the next start."""
        return self.settings.general.autosave and self._autosave.settle() and self._autosave.standing.where != "nowhere"

    # how it goes

    @property
    def _away(self) -> bool:
        """Whether the project's folder cannot be written now."""
        return self._autosave.standing.where != "beside"

    def _place_for_media(self) -> Path:
        """Where files are made: in the project's folder, or on this computer while that cannot be written. Raises
        ProjectError when neither can be."""
        if not self._away:
            return self._home / store.MEDIA
        place = unsaved.aside(self._home)
        store.make_folder(place)
        return place / store.MEDIA

    @property
    def _spot(self) -> Spot:
        return Spot(self._home, self._follows)

    def _touched(self) -> None:
        """Keep the change."""
        if self.settings.general.autosave:
            then, post = self._when_written(), self._post
            self._autosave.keep(self.project, self._spot, None if then is None else lambda: post(then))
        super()._touched()

    def _when_written(self) -> Callable[[], None] | None:
        """What follows once the project stands on the disk as it is now."""
        return None

    def _is_written(self) -> None:
        """The project stands on the disk as it is now."""
        then = self._when_written()
        if then is not None:
            then()

    def _moved(self, source: Path) -> None:
        """The project lives in another folder than `source` now."""

    def _is_empty(self) -> bool:
        """Whether the project is as it was begun, and nothing was made or kept in its folder."""
        return not store.has_media(self._home) and self.project == Project(self._name)

    def _is_saved(self, project: Project, follows: str) -> None:
        self._saved, self._follows = project, follows

    def _saved_late(self, project: Project, home: Path, follows: str) -> None:
        """A drive has answered after it was given up: what was saved is there nevertheless."""
        if home == self._home:
            self._is_saved(project, follows)
            self._touched()

    def _kept_elsewhere(self, standing: Standing) -> None:
        """Tell where changes are kept from now on."""
        self.noticed.emit(_notice(standing, self._home.name))

    def _begin(self, folder: Path | None) -> None:
        """An empty project. One with a folder is written at once, so that the folder is a project from then on."""
        home = store.untitled_folder() if folder is None else folder
        self._take(Project(folder.name if folder else tr("Untitled")), home)
        self._untitled = folder is None
        store.make_folder(home)
        lock.take(home)
        self._autosave.begin(0)
        self._follows = store.save(self.project, home) if folder is not None else ""

    def _enter_reached(self, reached: Reached) -> None:
        """Leave the former project for one that was found."""
        self._leave()
        if reached.writable:
            lock.take(reached.folder)  # it may have been the former one's
        self._enter(reached)
        self._announce()
        if reached.copy:
            self._touched()

    def _enter(self, reached: Reached) -> None:
        folder, opened = reached.folder, reached.opened
        if not reached.writable:
            self._enter_copy(opened.project, folder)
            if reached.copy:
                return
            text = tr(
                "“{name}” is write-protected, so a copy of it is open. Save it where you want it.", name=folder.name
            )
            self._say(Notice("info", text, elsewhere=True))
            return
        notes = (*opened.notes, *opening.set_aside(folder, opened))
        self._settle_in(opened, folder)
        for text in notes:
            self._say(Notice("info", text))

    def _settle_in(self, opened: Opened, folder: Path) -> None:
        self._take(opened.project, folder)
        self._untitled = False
        self._autosave.begin(opened.step)
        self._is_saved(opened.saved, opened.follows)

    def _enter_copy(self, project: Project, folder: Path) -> None:
        home = store.untitled_folder()
        copy = store.from_elsewhere(project, folder)
        self._take(replace(copy, name=tr("{name} (copy)", name=project.name)), home)
        lock.take(home)
        self._autosave.begin(0)
        self._untitled = True
        self._is_saved(Project(), "")  # nothing of it is saved yet

    def _say(self, notice: Notice) -> None:
        self._post(lambda: self.noticed.emit(notice))  # while the studio opens nobody listens yet

    def _bring_home(self, place: Path) -> list[Path]:
        """Copy what was made in another place into the folder. Returns the files there that the project as it is now
        does without; what cannot be copied is not among them."""
        left = []
        for item, path in store.made_in(place, self.project, self._home):
            try:
                copy = store.bring(path, self._home)
            except ProjectError:
                break
            self._keep(replace(item, state=Ready(store.stored_path(self._home, copy))))
            left.append(path)
        return left

    def _leave(self) -> None:
        """The project is left. An untitled one stays on the disk unless it is empty; what is not saved of any comes
        back when it is opened again."""
        empty = self._untitled and self._is_empty()
        if not self.modified or empty:
            self._autosave.forget(self._spot)
        else:
            self._autosave.settle()
        home, heights = self._home, dict(self.viewing.heights)
        self._autosave.try_on_drive(lambda: lock.release(home))
        self._autosave.try_on_drive(lambda: store.remove(home) if empty else save_heights(heights, home))


def _folder(path: Path) -> Path:
    return path.parent if path.name == store.FILE else path


def _notice(standing: Standing, name: str) -> Notice:
    """Where the changes to a project of that name are kept, in words."""
    match standing.where:
        case "beside":
            return Notice("info", tr("“{name}” can be written again. Save to keep your changes.", name=name))
        case "aside":
            text = tr(
                "“{name}” cannot be written now ({why}). Your changes are kept on this computer and come back with it.",
                name=name,
                why=standing.why,
            )
        case _:
            text = tr("Unsaved changes cannot be kept. {why}", why=standing.why)
    return Notice("error", text, elsewhere=True)
