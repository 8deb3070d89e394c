"""What a training run is told: every number with its reason. Frozen, so that a checkpoint can carry it as it was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeAlias

Bucket: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

BUCKETS: tuple[Bucket, ...] = ((192, 112), (144, 144), (112, 192))
"""Wide, square and tall pictures of nearly equal token count: no picture is ever cut square (native aspect ratios)."""

SMALL: tuple[Bucket, ...] = ((96, 64), (80, 80), (64, 96))
"""About half of each bucket: how things move is learnt on small clips at a quarter of the work."""

LATENT_PIXEL = 8
"""Pixels along an edge that a latent pixel stands for."""

CLIP_FRAMES = 17
"""4k+1 frames: the first alone, then four groups of four in the VAE; two seconds at eight frames a second."""

FPS = 8.0


@dataclass(frozen=True, slots=True)
class Optimisation:
    """How weights follow their gradients."""

    name: str = "AdamW"  # per-weight step sizes, see optimisers.py
    lr: float = 3e-4
    betas: tuple[float, float] = (0.9, 0.95)  # shorter second moment than the default: few steps, changing data
    weight_decay: float = 0.01
    clip: float = 1.0  # gradient norm; rare pictures must not undo a thousand steps
    warmup: int = 200  # until the second moment is known
    steps: int = 20_000  # length of the schedule
    schedule: Literal["constant", "cosine"] = "constant"
    final: float = 0.05  # share of the learning rate that a cosine ends on
    ema: float = 0.999  # averaged weights are what is exported; they stand in for a decay of the learning rate


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run lives, what it may use and when it stops."""

    folder: Path
    seed: int = 0
    minutes: float | None = None  # wall-clock limit; the run then saves and ends as if interrupted
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int = 2
    workers: int = 1  # processes that render; 0 renders in the training process
    log_every: int = 20  # steps
    save_minutes: float = 4.0
    sheet_minutes: float = 15.0


@dataclass(frozen=True, slots=True)
class VAETraining:
    """The autoencoder's diet: mostly small crops, since a convolution doesn't care where its border is."""

    crop: int = 96  # twelve latent pixels at 8x: wider than the receptive field, under half the cost of a picture
    pixels: int = 17 * 96 * 96 * 8  # pixels of a batch, whatever its frames: even steps
    frames: tuple[int, ...] = (1, 9, 17)
    frame_odds: tuple[float, ...] = (0.25, 0.35, 0.4)
    photo_share: float = 0.2  # batches of real pictures: artists drop photos
    crops_per_clip: int = 2  # crops of one scene resemble each other; more scenes make steadier steps
    kl: float = 2e-4  # keeps latents near unit scale and smooth without costing sharpness
    square: float = 6.0  # of the L2: at an error of a sixth, where an edge is missed, both weigh the same
    preview: float = 0.1
    decoder_only: bool = False  # the latent then stays the one that a trained transformer speaks
    latent_noise: float = 0.0  # most noise added to a latent: a decoder that knows bad ones forgives the transformer
    model: dict[str, object] = field(default_factory=lambda: {"latent_channels": 64})
    optimisation: Optimisation = Optimisation(lr=2e-4, betas=(0.9, 0.99), weight_decay=0.0)

    @classmethod
    def decoder(cls) -> VAETraining:
        """The second stage, after the transformer: latents about as imperfect as the transformer makes them."""
        return cls(decoder_only=True, latent_noise=0.35, crop=96)


@dataclass(frozen=True, slots=True)
class TaskOdds:
    """How often each task is drawn. All verbs of the studio are in it, so that none is out of distribution."""

    none: float = 0.30  # text alone
    first: float = 0.20  # animate an image
    prefix: float = 0.14  # extend; chained windows of a long clip
    suffix: float = 0.05  # prepend
    ends: float = 0.10  # bridge, first and last frame
    keyframes: float = 0.06
    restyle: float = 0.10
    loop: float = 0.05


@dataclass(frozen=True, slots=True)
class FewSteps:
    """What draft mode learns: to do in one step what the guided network does in several."""

    share: float = 0.5  # of the steps; the others keep what the network can do in many steps
    steps: int = 4
    teacher_steps: int = 4  # the teacher's for one of the student's: sixteen in all, beyond which little changes
    scales: tuple[float, float] = (2.0, 5.0)  # guidance that can be asked for


LEARNT_LAST = (
    *("star",) * 4,
    *("dog",) * 3,
    *("car", "bird", "cat", "whale", "snail", "kite") * 2,
    *("rabbit", "elephant", "airplane", "butterfly", "flower"),
)
"""Subjects that fewest pictures show as they were asked for: the fewer, the oftener."""


@dataclass(frozen=True, slots=True)
class DiTTraining:
    """The transformer's diet: mostly images until words have a meaning, then clips of every task, some images still."""

    stage: Literal["images", "clips", "draft"] = "images"
    images: float = 0.85  # share of chunks that hold images; without any clips, what moves is forgotten in an hour
    image_batch: int = 48  # small, since many steps teach more than smooth ones, yet not so that the optimiser rules
    clip_batch: int = 9  # about as many tokens as the image batch; of small clips as many more as they are smaller
    small_share: float = 0.7  # of clips at half size: movement needs many clips and little detail
    close_share: float = 0.5  # of image steps that look only at a subject and what is around it: it is learnt last
    close_side: int = 10  # latent pixels: an 80 pixel square, a third of a picture's tokens, most of them the subject's
    close_batch: int = 128
    reuse: float = 1.5  # uses of an example at full size: those seen four times were learnt by heart, not understood
    window: int = 96  # chunks in the rolling pool; with 32 images each some three thousand
    head_start: int = 12  # chunks made before the first step
    tasks: TaskOdds = TaskOdds(restyle=0.03)  # of images, those from words; a given picture tells too much at first
    photo_share: float = 0.12  # of clips; a caption doesn't say what a photo shows, so some frame is always given
    often: tuple[str, ...] = LEARNT_LAST  # subjects that are drawn more often, once more for each mention
    only: tuple[str, ...] = ()  # weights that learn, by parts of their names; all where none is named
    drop_caption: float = 0.1  # learns the unconditional flow, for guidance (Ho and Salimans 2022)
    subject_weight: float = 6.0  # the subject is a few tokens of many and is learnt last
    seen_weight: float = 0.5  # of knowing where the subject is, and its outline: told apart from all else, it is shape
    moves_weight: float = 1.0  # of knowing what moves: small numbers, and a clip's camera is in all of them
    change_weight: float = 0.0  # of what changes from one latent frame to the next: little beside what all share
    shift: float = 5.0  # of images, towards noise: what stands where is decided above 0.9
    clip_shift: float = 8.0  # a level leaves more to be seen in a clip: its frames are much alike
    full_weight: float = 0.2  # noise level from which on the flow counts whole, see `level_weight`
    spread: float = 1.6  # deviation of the logit-normal: fine texture is decided below 0.3
    frames_per_group: int = 4  # the VAE's temporal compression
    few_steps: FewSteps | None = None
    # Eight blocks are what two cores can teach in an evening; more can be added later: a new block is the identity.
    model: dict[str, object] = field(default_factory=lambda: {"num_layers": 8, "in_channels": 64, "outline": 4})
    # Muon: rare directions learn at the pace of common ones, and what a subject looks like is rare beside light and sky
    optimisation: Optimisation = Optimisation("Muon", lr=1e-3, betas=(0.9, 0.98), warmup=40, ema=0.996)

    @property
    def cells(self) -> int:
        """Along the edge of a latent pixel, in which outlines are told."""
        return int(str(self.model.get("outline", 1)))

    def batch(self, frames: int, pixels: int) -> int:
        """Examples of a step, images or clips of so many pixels a frame."""
        if frames == 1:
            return self.image_batch
        return round(self.clip_batch * BUCKETS[0][0] * BUCKETS[0][1] / pixels)

    @classmethod
    def clips(cls, model: dict[str, object] | None = None) -> DiTTraining:
        """The second stage: smaller steps, since what was learnt on images is to be kept."""
        return cls(
            stage="clips",
            images=0.3,
            close_share=0.3,
            photo_share=0.25,  # cameras over photos are learnt last
            change_weight=1.0,
            tasks=TaskOdds(none=0.45),
            model=cls().model if model is None else model,
            optimisation=Optimisation("Muon", lr=8e-4, betas=(0.9, 0.98), warmup=40, ema=0.996),
        )

    @classmethod
    def draft(cls) -> DiTTraining:
        """The third stage: the clip stage goes on, and every other step teaches the few-step mode."""
        return replace(
            cls.clips({**cls().model, "distilled_steps": FewSteps().steps}),
            stage="draft",
            few_steps=FewSteps(),
            optimisation=Optimisation("Muon", lr=3e-4, betas=(0.9, 0.98), warmup=40, ema=0.99),
        )


@dataclass(frozen=True, slots=True)
class CLIPTraining:
    """The contrastive pair's diet: a batch is the multiple choice question, so it is as large as time allows."""

    batch: int = 24
    image_batch: int = 96
    alike: int = 6  # scenes that only what plays in them tells apart: else colour, place and look answer all questions
    images: float = 0.85  # they teach what things are at a fifth of the cost
    named: float = 0.6  # of image steps whose texts only name what plays: it is learnt last, and chooses among pictures
    spoilt: float = 0.75  # of steps: what it is to choose among is drawn worse than renders are
    frame_step: int = 2  # of 17 frames nine go in; the tower thins them to its own number
    seen_weight: float = 1.0  # of knowing what stands out, which the renderer knows
    model: dict[str, object] = field(default_factory=dict)
    optimisation: Optimisation = Optimisation("Muon", lr=1e-3, betas=(0.9, 0.98), warmup=40, ema=0.99)


@dataclass(frozen=True, slots=True)
class ClassifierTraining:
    """The attribute classifier's diet: full pictures for what things are, clips at half size for how they move."""

    batch: int = 36
    image_batch: int = 96
    reuse: int = 2  # batches that a render is in, spoilt in two ways: rendering then costs as much as learning
    photo_share: float = 0.08  # camera and weather are read on real pictures, too
    subject_weight: float = 2.0  # twice as many values as any other attribute has, and learnt last
    model: dict[str, object] = field(default_factory=dict)
    # Muon: after 60 steps about twice what AdamW (1.5e-3) had learnt of colour and place
    optimisation: Optimisation = Optimisation("Muon", lr=2e-3, betas=(0.9, 0.98), warmup=20, ema=0.995)
