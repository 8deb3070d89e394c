"""What a session knows of words: the meaning of words and pictures, the prompt helper, and captions of footage."""

from __future__ import annotations

from sora_studio.jobs.assistant import Assistant
from sora_studio.session.captions import Captioning
from sora_studio.session.errands import Errands
from sora_studio.session.intake import Found
from sora_studio.session.meaning import Meaning, Seen, words_of
from sora_studio.session.media_pool import MediaPool
from sora_studio.session.prompting import Prompting


class Wording(MediaPool):
    """The verbs that ask the assistant; each by its own object."""

    meaning: Meaning
    prompting: Prompting
    captions: Captioning

    def _employ(self, assistant: Assistant | None) -> None:
        """Work with this assistant; without one nothing is understood and all else goes on."""
        self.meaning = Meaning(Errands(assistant, self._post))
        self.prompting = Prompting(self.meaning)
        self.captions = Captioning(self.meaning, self)

    def take_in(self, *found: Found) -> tuple[str, ...]:
        """Take in files that were looked into before; they are described in the background where CLIP is there."""
        taken = super().take_in(*found)
        self.captions.came(taken)
        return taken

    def shelf(self) -> tuple[Seen, ...]:
        """The media of the project as `meaning` searches them."""
        return tuple(Seen(item.id, self.media_path(item.id), words_of(item)) for item in self._media.values())

    def _leave(self) -> None:
        """What is left is described no further."""
        self.captions.close()
        super()._leave()
