"""Gradient descent: optimisers by name, learning rate over time, fp32 masters of bf16 weights, averaged weights."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from sora_studio.core.errors import BadInput
from sora_studio.training import checkpoint
from sora_studio.training.config import Optimisation

Network = TypeVar("Network", bound=nn.Module)


def make_optimiser(config: Optimisation, weights: Iterable[Tensor]) -> torch.optim.Optimizer:
    """The optimiser called `config.name`; raises BadInput for an unknown name.

    With g the gradient and r the learning rate:

    SGD      w -= r g                                one step size for all weights (here with momentum 0.9)
    Adagrad  w -= r g / sqrt(sum of all g^2)         each weight its own, shrinking for ever (Duchi et al. 2011)
    AdamW    w -= r m / sqrt(v) + r d w              m, v running means of g and g^2: the step size can grow again;
                                                     decay d acts on the weight itself (Loshchilov and Hutter 2019)
    """
    match config.name.lower():
        case "sgd":
            return torch.optim.SGD(weights, config.lr, momentum=0.9, weight_decay=config.weight_decay)
        case "adagrad":
            return torch.optim.Adagrad(weights, config.lr, weight_decay=config.weight_decay)
        case "adamw":
            return torch.optim.AdamW(
                weights, config.lr, betas=config.betas, weight_decay=config.weight_decay, fused=True
            )
        case "muon":
            return Muon(weights, config)
    raise BadInput(f"“{config.name}” is no optimiser of this program. Choose SGD, Adagrad, AdamW or Muon.")


class Muon(torch.optim.Optimizer):
    """Muon (Jordan et al. 2024): matrices move by their orthogonalised momentum, everything else by AdamW.

    The momentum matrix M = U S V' is replaced by about U V', so that every direction of the layer learns at the same
    pace, rare ones too. Scaled to the root mean square of an AdamW step, so that one learning rate serves both
    (Liu et al. 2025). Convolution kernels count as matrices (out, in*k*k).
    """

    def __init__(self, weights: Iterable[Tensor], config: Optimisation) -> None:
        weights = list(weights)
        matrices = [weight for weight in weights if weight.ndim >= 2 and min(weight.flatten(1).shape) > 6]
        chosen = {id(weight) for weight in matrices}
        rest = [weight for weight in weights if id(weight) not in chosen]
        groups = [{"params": group, "matrices": kind} for group, kind in ((matrices, True), (rest, False)) if group]
        super().__init__(groups, {"lr": config.lr, "matrices": True})
        self.config = config

    @torch.no_grad()
    def step(self, closure: None = None) -> None:  # type: ignore[override]  # noqa: ARG002
        """One step of all weights that have a gradient."""
        beta, (beta1, beta2), decay = 0.95, self.config.betas, self.config.weight_decay
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["step"] = torch.zeros(())
                    state["m"] = torch.zeros_like(weight)
                    if not group["matrices"]:
                        state["v"] = torch.zeros_like(weight)
                state["step"] += 1
                weight.mul_(1 - group["lr"] * decay)
                if group["matrices"]:
                    state["m"].lerp_(weight.grad, 1 - beta)
                    ahead = weight.grad.lerp(state["m"], beta).flatten(1)  # Nesterov: look one step ahead
                    scale = 0.2 * max(ahead.shape) ** 0.5
                    weight.add_(orthogonal(ahead).view_as(weight), alpha=-group["lr"] * scale)
                else:
                    count = float(state["step"])
                    state["m"].lerp_(weight.grad, 1 - beta1)
                    state["v"].lerp_(weight.grad.square(), 1 - beta2)
                    deviation = (state["v"] / (1 - beta2**count)).sqrt_().add_(1e-8)
                    weight.addcdiv_(state["m"], deviation, value=-group["lr"] / (1 - beta1**count))


def orthogonal(matrix: Tensor) -> Tensor:
    """About U V' of a matrix (m, n) = U S V', by five Newton-Schulz steps in bf16; singular values land in 0.7..1.2."""
    x = (matrix / (matrix.norm() + 1e-7)).bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    for _ in range(5):
        square = x @ x.T
        x = torch.addmm(x, torch.addmm(square, square, square, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return (x.T if tall else x).float()


def learning_rate(config: Optimisation, step: int) -> float:
    """The rate at a step: linear warm-up, then constant or half a cosine down to `final` of it."""
    warm = min(1.0, (step + 1) / max(1, config.warmup))
    if config.schedule == "constant":
        return config.lr * warm
    done = min(1.0, step / config.steps)
    return config.lr * warm * (config.final + (1 - config.final) * (1 + math.cos(math.pi * done)) / 2)


class Trainer:
    """Weights of one network under optimisation: bf16 to compute with, fp32 to add small steps to, an average to ship.

    A step of a thousandth vanishes in bf16's eight bits, so the optimiser works on float32 masters, which are
    rounded into the working weights after each step.

    Attributes:
        model: the network, in the working dtype.
        masters: float32 weights, name to tensor.
        average: exponential moving average of the masters, name to tensor.
        step: optimisation steps done.
    """

    def __init__(self, model: nn.Module, config: Optimisation, dtype: torch.dtype) -> None:
        self.config = config
        self.names = [name for name, weight in model.named_parameters() if weight.requires_grad]
        self.masters = [weight.detach().clone().float() for weight in model.parameters() if weight.requires_grad]
        self.average = [weight.clone() for weight in self.masters]
        self.model = model.to(dtype)
        self.working: list[Tensor] = [weight for weight in model.parameters() if weight.requires_grad]
        self.optimiser = make_optimiser(config, self.masters)
        self.step = 0

    def update(self, loss: Tensor) -> float:
        """Backward pass and one step; returns the gradient norm before clipping."""
        loss.backward()
        for master, weight in zip(self.masters, self.working, strict=True):
            master.grad = None if weight.grad is None else weight.grad.float()
            weight.grad = None
        norm = torch.nn.utils.clip_grad_norm_(self.masters, self.config.clip)
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, self.step)
        self.optimiser.step()
        self.step += 1
        with torch.no_grad():
            torch._foreach_copy_(self.working, self.masters)
            # A young average would remember the random start for long, so it follows closely at first.
            keep = min(self.config.ema, (1 + self.step) / (10 + self.step))
            torch._foreach_lerp_(self.average, self.masters, 1 - keep)
        return float(norm)

    def begin_with(self, weights: dict[str, Tensor]) -> None:
        """Take over trained weights, by name, before the first step; parts that they lack begin as they are made.

        Raises BadInput when they are of another shape.
        """
        with torch.no_grad():
            for index, name in enumerate(self.names):
                if name not in weights:
                    continue
                if weights[name].shape != self.masters[index].shape:
                    raise BadInput(f"The weights to begin with do not fit this network (at {name}).")
                self.masters[index].copy_(weights[name])
                self.average[index].copy_(weights[name])
            torch._foreach_copy_(self.working, self.masters)

    def hold_all_but(self, parts: Sequence[str]) -> None:
        """Let only weights learn in whose names one of `parts` is; all where there are no parts.

        Raises BadInput for a part that no weight is called by.
        """
        for part in parts:
            if not any(part in name for name in self.names):
                raise BadInput(f"No weight of this network has “{part}” in its name. Give another --only.")
        for name, weight in zip(self.names, self.working, strict=True):
            weight.requires_grad_(not parts or any(part in name for part in parts))

    def averaged(self) -> dict[str, Tensor]:
        """The averaged weights as a state dict of the working dtype, for a copy of the network."""
        dtypes = [weight.dtype for weight in self.working]
        pairs = zip(self.names, self.average, dtypes, strict=True)
        return {name: weight.to(dtype) for name, weight, dtype in pairs}

    def averaged_model(self, model: Network) -> Network:
        """`model`, a network of the same shape, with the averaged weights in bf16, on the same device, ready to use."""
        model.to(self.working[0].device, torch.bfloat16).load_state_dict(self.averaged())
        return model.eval()

    def run_state(self, config: object, seed: int) -> dict[str, Any]:
        """All that a resumed run needs: every random draw depends on seed and step alone."""
        return {"config": checkpoint.plain(config), "seed": seed, "trainer": self.state()}

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on."""
        return {
            "masters": dict(zip(self.names, self.masters, strict=True)),
            "average": dict(zip(self.names, self.average, strict=True)),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from `state`."""
        with torch.no_grad():
            for index, name in enumerate(self.names):
                self.masters[index].copy_(state["masters"][name])
                self.average[index].copy_(state["average"][name])
            torch._foreach_copy_(self.working, self.masters)
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = int(state["step"])
