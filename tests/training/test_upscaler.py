"""Weights read from ncnn's files: the ones that ship, and files that are none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from sora_studio.core.resources import resource
from sora_studio.model.span import BLOCKS, CHANNELS, SPAN
from sora_studio.training.commands import main
from sora_studio.training.upscaler import SCALES

HALF = struct.pack("<I", 0x01306B47)


def written(folder: Path, scale: int, *, half: bool = False) -> SPAN:
    """A network with weights of its own, as ncnn writes it: layers without weights between those that have some."""
    torch.manual_seed(scale)
    net = SPAN(scale)
    net.mean.uniform_()
    blocks = [layer for block in net.blocks for layer in (block.conv1, block.conv2, block.conv3)]
    layers = [net.head, *blocks, net.tail, net.merge, net.out]
    lines = ["7767517", "9 9", "Input data 0 1 data", "MemoryData mean 0 1 mean 0=1 1=1 2=3"]
    blob = net.mean.numpy().tobytes()
    for layer in layers:
        weight, bias = layer.weight.detach().numpy(), layer.bias.detach().numpy()
        lines.append(f"Convolution c 1 1 a b 0={len(bias)} 1={weight.shape[-1]} 5=1 6={weight.size}")
        lines.append("Swish act 1 1 b c")
        blob += (HALF + weight.astype(np.float16).tobytes() if half else bytes(4) + weight.tobytes()) + bias.tobytes()
    (folder / f"spanx{scale}_ch{CHANNELS}.param").write_text("\n".join(lines) + "\n")
    (folder / f"spanx{scale}_ch{CHANNELS}.bin").write_bytes(blob)
    return net


@pytest.mark.parametrize("half", [False, True], ids=["float32", "float16"])
def test_what_ncnn_holds_is_written_again(tmp_path: Path, half: bool, capsys: pytest.CaptureFixture[str]) -> None:
    nets = {scale: written(tmp_path, scale, half=half) for scale in SCALES}
    assert main(["upscaler", "--ncnn", str(tmp_path), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.count("span-x") == 2
    for scale, net in nets.items():
        state = load_file(tmp_path / "out" / f"span-x{scale}.safetensors")
        assert {name: tensor.shape for name, tensor in state.items()} == {
            name: tensor.shape for name, tensor in net.state_dict().items()
        }
        for name, tensor in net.state_dict().items():
            assert torch.equal(state[name], tensor.half()), name


def test_what_is_no_file_of_ncnn_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, 2)
    param, data = tmp_path / "spanx2_ch48.param", tmp_path / "spanx2_ch48.bin"
    whole, text = data.read_bytes(), param.read_text()
    broken = [(text, whole[:-4]), (text, whole + bytes(4)), (text.replace("7767517", "1"), whole), ("", whole)]
    broken += [(text.replace("0=48", "0=eight"), whole), (text.replace("Convolution", "Pooling", 1), whole)]
    for lines, blob in broken:
        param.write_text(lines)
        data.write_bytes(blob)
        assert main(["upscaler", "--ncnn", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
        assert "Give the folder models" in capsys.readouterr().err
    assert not list((tmp_path / "out").glob("*.safetensors"))


def test_the_weights_that_ship_are_whole_small_and_under_a_licence() -> None:
    folder = resource("upscaling")
    assert "Apache License" in (folder / "LICENSE").read_text()
    assert "hongyuanyu/SPAN" in (folder / "NOTICE").read_text()
    for scale in SCALES:
        path = folder / f"span-x{scale}.safetensors"
        assert path.stat().st_size < 1_000_000
        state = load_file(path)
        SPAN(scale).load_state_dict(state)
        assert {tensor.dtype for tensor in state.values()} == {torch.float16}
        assert sum(name.startswith("blocks.") for name in state) == 6 * BLOCKS
