"""Which speed settings an engine honours on a machine."""

from __future__ import annotations

from dataclasses import replace

from sora_studio.core.capabilities import Capabilities
from sora_studio.core.errors import BadInput
from sora_studio.core.language import mark, tr
from sora_studio.core.machine import Machine
from sora_studio.core.speed import ATTENTIONS, CACHE, COMPILED, NAMES, Speed, title


def speed_of(names: tuple[str, ...]) -> Speed:
    """The settings of these names; the last attention that is named counts. Raises BadInput for other names."""
    found = Speed()
    for name in names:
        if name not in NAMES:
            raise BadInput("There is no speed setting “{name}”. There are: {known}.", name=name, known=", ".join(NAMES))
        found = _with(found, name)
    return found


def offered(caps: Capabilities, machine: Machine) -> tuple[str, ...]:
    """The settings, by name, that an engine honours and this machine has what they need for."""
    return tuple(name for name in NAMES if not _refusal(name, caps) and _here(name, machine))


def check(speed: Speed, caps: Capabilities, machine: Machine | None = None) -> None:
    """Raises BadInput in words for what an engine does not honour, or, if that is told, this machine has nothing
    for."""
    for name in speed.names:
        if refusal := _refusal(name, caps):
            raise BadInput(refusal, engine=tr(caps.title), name=title(name))
        if machine is not None and not _here(name, machine):
            library = ATTENTIONS[name].library if name in ATTENTIONS else "triton"
            if library and machine.device.is_card:
                raise BadInput(
                    "“{name}” needs the library “{library}” and a card that it runs on. Install it, or leave the "
                    "setting out.",
                    name=title(name),
                    library=library,
                )
            raise BadInput("“{name}” needs a graphics card. Leave the setting out.", name=title(name))


def _refusal(name: str, caps: Capabilities) -> str:
    """Why an engine does not honour a setting; empty when it does."""
    if name == CACHE:
        return "" if caps.step_cache else mark("“{engine}” has no step cache. Leave that setting out.")
    if name == COMPILED:
        return "" if caps.compiles else mark("The blocks of “{engine}” cannot be compiled. Leave that setting out.")
    if caps.attention == "fixed":
        return mark("“{engine}” computes attention in its own way alone. Leave “{name}” out.")
    if caps.attention == "masked" and not ATTENTIONS[name].masks:
        return mark("“{engine}” leaves tokens out of its attention, which “{name}” cannot. Leave that setting out.")
    return ""


def _here(name: str, machine: Machine) -> bool:
    """Whether a machine has what a setting needs. The cache needs nothing."""
    if name == CACHE:
        return True
    return machine.compiles if name == COMPILED else name in machine.attentions


def _with(speed: Speed, name: str) -> Speed:
    if name == CACHE:
        return replace(speed, cache=True)
    return replace(speed, compiled=True) if name == COMPILED else replace(speed, attention=name)
