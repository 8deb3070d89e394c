"""Bytes that are alive at once while a network runs, counted at the operators: exact, the same on every machine, and
on the meta device at real sizes without computing anything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class Peak(TorchDispatchMode):
    """Within this context, the highest sum of the tensors that were made in it."""

    def __init__(self) -> None:
        super().__init__()
        self._live: dict[int, tuple[StorageWeakRef, int]] = {}
        self._now = self.bytes = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        for tensor in tree_leaves((args, kwargs)):
            if isinstance(tensor, torch.Tensor):
                self._take(tensor, 0)  # weights and inputs were there before
        made = function(*args, **(kwargs or {}))
        for key in [key for key, (storage, _) in self._live.items() if storage.expired()]:
            self._now -= self._live.pop(key)[1]
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor):
                self._take(tensor, tensor.untyped_storage().nbytes())
        self.bytes = max(self.bytes, self._now)
        return made

    def _take(self, tensor: torch.Tensor, count: int) -> None:
        """Count a storage that is seen for the first time; views share theirs."""
        storage = tensor.untyped_storage()
        if storage._cdata not in self._live:
            self._live[storage._cdata] = (StorageWeakRef(storage), count)
            self._now += count


@contextlib.contextmanager
def fused_attention() -> Iterator[None]:
    """Within this context attention is what every accelerator has: one kernel that keeps nothing but its result. The
    meta device would write all scores down."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(torch.nn.functional, "scaled_dot_product_attention", _attention)
        yield


def _attention(query: Any, key: Any, value: Any, **_: Any) -> Any:
    return torch.empty_like(query)
