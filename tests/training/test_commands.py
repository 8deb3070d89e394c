import json

import cv2
import torch

from sora_studio.cli import main as cli_main
from sora_studio.model import SoraPipeline
from sora_studio.training.commands import main
from sora_studio.training.config import DiTTraining
from sora_studio.training.export import export_clip, export_dit, export_vae
from sora_studio.training.prompts import OTHER_WORDS, write_prompt_sheet
from sora_studio.training.train_clip import train_clip
from sora_studio.training.train_dit import train_dit
from sora_studio.training.train_vae import measure, train_vae
from sora_studio.training.world import phrases


def test_world_writes_clips_captions_and_a_sheet(tmp_path, capsys):
    assert main(["world", "--out", str(tmp_path / "world"), "--count", "2"]) == 0
    assert capsys.readouterr().out.strip().endswith("sheet.png")
    names = sorted(path.name for path in (tmp_path / "world").iterdir())
    assert names == ["captions.txt", "clip-000.png", "clip-001.png", "sheet.png"]


def test_exporting_a_run_that_is_not_there_is_a_sentence(tmp_path, capsys):
    assert main(["export", "vae", "--run", str(tmp_path), "--model", str(tmp_path)]) == 1
    assert "no checkpoint" in capsys.readouterr().err


def test_exported_parts_make_a_pipeline(tiny, run, pipeline_folder, tmp_path):
    import shutil
    from dataclasses import replace

    folder = tmp_path / "model"
    for part in ("tokenizer", "text_encoder"):
        shutil.copytree(pipeline_folder / part, folder / part)
    runs = {name: replace(run, folder=tmp_path / name) for name in ("vae", "dit", "clip")}
    once = {name: replace(one, optimisation=replace(one.optimisation, steps=1)) for name, one in tiny.items()}
    vae = train_vae(once["vae"], runs["vae"])
    assert export_vae(runs["vae"].folder, folder, clips=2).is_dir()
    train_dit(once["dit"], runs["dit"], folder)
    train_clip(once["clip"], runs["clip"], folder)
    export_dit(runs["dit"].folder, folder)
    export_clip(runs["clip"].folder, folder)
    assert json.loads((folder / "model_index.json").read_text())["_class_name"] == "SoraPipeline"

    pipeline = SoraPipeline.from_pretrained(folder, local_files_only=True)
    pipeline.set_progress_bar_config(disable=True)
    assert len(pipeline.vae.config.latents_mean) == vae.config.latent_channels
    assert min(pipeline.vae.config.latents_std) > 0
    clip = pipeline("a red ball", height=32, width=48, num_frames=5, num_inference_steps=1).frames
    assert clip.shape == (1, 5, 32, 48, 3)


def test_prompt_sheet_of_clips_is_written(pipeline_folder, tmp_path):
    pipeline = SoraPipeline.from_pretrained(pipeline_folder, dtype=torch.bfloat16, local_files_only=True)
    assert write_prompt_sheet(tmp_path / "sheet.png", pipeline.transformer, pipeline_folder, 5).is_file()


def test_vae_is_measured_on_held_out_renders_and_photos(pipeline_folder, run):
    vae = SoraPipeline.from_pretrained(pipeline_folder, dtype=torch.bfloat16, local_files_only=True).vae
    found = measure(vae, run)
    assert set(found) >= {"psnr", "psnr_photos"}
    assert (run.folder / "sheet.png").is_file()


def test_the_documents_sheets_show_every_prompt(pipeline_folder, tmp_path):
    words = ["--model", str(pipeline_folder), "--out", str(tmp_path), "--frames", "1", "--sampling-steps", "1"]
    assert main(["sheets", *words]) == 0
    sheets = [cv2.imread(str(tmp_path / name)) for name in ("prompts.jpg", "other-words.jpg")]
    assert [sheet.shape[0] // 232 for sheet in sheets] == [6, 3]  # rows of four pictures, doubled


def test_other_words_name_no_subject_as_the_captions_do():
    said = " ".join(OTHER_WORDS)
    named = [name for names in phrases.SUBJECTS.values() for name in names if f" {name} " in f" {said} "]
    assert named == []


def test_the_command_line_reaches_the_training(tmp_path, capsys):
    assert cli_main(["train", "export", "dit", "--run", str(tmp_path / "none")]) == 2
    assert "no checkpoint" in capsys.readouterr().err


def test_what_a_run_is_asked_for_reaches_its_diet(tmp_path, monkeypatch):
    """The part of the model that is trained is not taken for the part of its weights that learn."""
    asked = {}

    def noted(config, run, folder, start):
        asked.update(config=config, folder=run.folder)

    monkeypatch.setattr("sora_studio.training.train_dit.train_dit", noted)
    words = ["--only", "attn2", "--often", "star", "--often", "star", "--lr", "0.5", "--run", str(tmp_path)]
    assert main(["dit", "--stage", "images", *words]) == 0
    config = asked["config"]
    assert config.only == ("attn2",)
    assert config.often == (*DiTTraining().often, "star", "star")
    assert config.optimisation.lr == 0.5
    assert asked["folder"] == tmp_path / "images"
