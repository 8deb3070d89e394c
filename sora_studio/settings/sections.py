"""Every setting of the studio. Each is read by something; a test walks all of them for text and limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from sora_studio.core.language import LANGUAGES, mark
from sora_studio.settings.fields import About, setting


@dataclass(frozen=True, slots=True)
class General:
    """How the studio works."""

    preview_share: float = setting(
        0.08,
        About(
            "Live preview",
            "The share of the working time that pictures of a forming clip may take. 0 switches them off.",
            low=0.0,
            high=0.5,
            step=0.01,
            unit="%",
        ),
    )
    autosave: bool = setting(
        True,
        About("Keep unsaved changes", "Write every change beside the project, so that nothing is lost after a crash."),
    )
    kept_gb: float = setting(
        4.0,
        About(
            "Room for interrupted clips",
            "What clips leave in the project's folder while they are made, so that they go on after a stop or a crash, "
            "and are decoded again. 0 keeps nothing.",
            low=0.0,
            high=500.0,
            step=1.0,
            unit="GB",
        ),
    )
    credentials: bool = setting(
        False,
        About(
            "Content credentials",
            "Exported films say how they were made and are signed by this installation; needs the extra “credentials”.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Generation:
    """What a new clip starts from."""

    engine: str = setting(
        "sora",
        About("Engine", "The model that makes new clips.", pattern=r"\S(.*\S)?"),
    )
    seconds: float = setting(
        2.1, About("Length", "The length of a new clip.", low=0.25, high=120.0, step=0.25, unit="s")
    )
    size: str = setting(
        "192x112",
        About(
            "Size",
            "Width and height of a new clip in pixels.",
            pattern=r"[1-9]\d{1,4}x[1-9]\d{1,4}",
            suggested=("192x112", "144x144", "112x192"),
        ),
    )
    steps: int = setting(
        24, About("Steps", "How many steps a clip is denoised in: more are finer and slower.", low=1, high=200, step=1)
    )
    guidance: float = setting(
        5.0, About("Guidance", "How closely the picture follows the words.", low=0.0, high=20.0, step=0.5)
    )


@dataclass(frozen=True, slots=True)
class Models:
    """Where models lie that did not come with the studio."""

    library: str = setting(
        "default",
        About(
            "Model folder",
            "The folder that holds open models, each a folder in the layout of diffusers. “default” is the folder "
            "“models” beside unsaved projects.",
            pattern=r"\S(.*\S)?",
        ),
    )
    more: tuple[str, ...] = setting(
        (),
        About(
            "More model folders",
            "Folders on other drives, a ComfyUI, or folders of single files, with “;” between them. What lies there is "
            "used in place.",
            pattern=r"\S(.*\S)?",
        ),
    )


@dataclass(frozen=True, slots=True)
class Interface:
    """How the window looks."""

    language: str = setting(
        "system",
        About(
            "Language",
            "The language of the studio; takes effect at the next start.",
            choices=(("system", mark("As the system")), *LANGUAGES.items()),
        ),
    )
    theme: str = setting(
        "dark",
        About(
            "Theme",
            "Dark keeps the eye on the picture; light suits bright rooms.",
            choices=(("dark", mark("Dark")), ("light", mark("Light")), ("system", mark("As the system"))),
        ),
    )
    scale: float = setting(
        1.0,
        About(
            "Scale",
            "The size of text and controls, on top of the system's own scale; takes effect at the next start.",
            low=0.5,
            high=3.0,
            step=0.25,
        ),
    )
    motion: str = setting(
        "system",
        About(
            "Motion",
            "Less motion shows forming clips as still pictures.",
            choices=(
                ("system", mark("As the system")),
                ("full", mark("All motion")),
                ("reduced", mark("Less motion")),
            ),
        ),
    )
    calm_previews: bool = setting(
        False,
        About(
            "Calm previews",
            "Show forming clips soft and still, without flickering noise: for eyes that are sensitive to light.",
        ),
    )


@dataclass(frozen=True, slots=True)
class Prompting:
    """What happens to a prompt before it is sent."""

    helper: bool = setting(
        True,
        About(
            "Prompt helper",
            "Offer phrases of place, light, weather, camera and look for a short prompt. They are shown and can be "
            "changed before anything is sent.",
        ),
    )
    captions: bool = setting(
        True,
        About("Captions", "Describe pictures and videos that come in, so that they are found by what they show."),
    )
    language_model: str = setting(
        "none",
        About(
            "Language model",
            "A GGUF file that rewrites prompts on wish, or none; needs the extra “llm”.",
            pattern=r"none|.+\.[gG][gG][uU][fF]",
        ),
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """All sections."""

    general: General = field(default_factory=General)
    generation: Generation = field(default_factory=Generation)
    models: Models = field(default_factory=Models)
    interface: Interface = field(default_factory=Interface)
    prompting: Prompting = field(default_factory=Prompting)
