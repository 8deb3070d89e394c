"""Wildcards in a prompt: `{a|b|c}` is one of them, `__name__` a line of the list of that name. The seed decides."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from sora_studio.core.errors import BadInput

Lists = Callable[[str], tuple[str, ...]]
"""The lines of a list; raises BadInput, in words, when there is none of that name."""

MOST = 500
"""Wildcards in one prompt, those of lines that were put in included: a list that names itself must end."""

_INNERMOST = re.compile(r"\{([^{}]*\|[^{}]*)\}")
_LIST = re.compile(r"__([A-Za-z0-9][\w-]*?)__")


def has_wildcards(text: str) -> bool:
    """Whether the seed changes what the prompt says."""
    return bool(_INNERMOST.search(text) or _LIST.search(text))


def expand(text: str, seed: int, lists: Lists) -> str:
    """The prompt that is sent. The same text, seed and lists give the same words; braces without a choice stay.

    Raises BadInput for a list that is not there and for lists that never end.
    """
    choose = random.Random(seed)
    for _ in range(MOST):
        found = _INNERMOST.search(text)
        if found:
            words = choose.choice(found.group(1).split("|")).strip()
        else:
            found = _LIST.search(text)
            if found is None:
                return text
            words = choose.choice(lists(found.group(1)))
        text = text[: found.start()] + words + text[found.end() :]
    raise BadInput("The wildcards of this prompt never end: a list names itself. Correct the list or the prompt.")
