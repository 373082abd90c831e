"""The 13 layers, and what they are given."""

import numpy as np
import pytest
import torch
from torch import nn

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Settings
from nasicon_loop.predict.network import CrystalNet, Head, Heads
from nasicon_loop.predict.training import Examples, Schedule, fit_side_by_side, ranked_probability_score


@pytest.mark.parametrize("settings", [Settings.default(), Settings.quick(), Settings.paper()])
def test_three_convolutions_three_poolings_seven_fully_connected(settings: Settings) -> None:
    network = CrystalNet((11, 5, 32), 7 if settings.uses_features else 0, 3, settings)
    kinds = [type(module) for module in network.modules()]
    assert (kinds.count(nn.Conv2d), kinds.count(nn.MaxPool2d), kinds.count(nn.Linear)) == (3, 3, 7)
    outputs = network(torch.zeros(4, 11, 5, 32), torch.zeros(4, 7 if settings.uses_features else 0))
    assert outputs.shape == (4, 3)


def test_heads_side_by_side_have_a_heads_layers() -> None:
    settings = Settings.default()
    one, many = Head(7, 2, settings), Heads(5, settings.hidden[0] + 7, 2, settings)
    shapes = [tuple(layer.weight.shape[::-1]) for layer in one.layers]  # type: ignore[union-attr, operator]
    assert [tuple(weight.shape[1:]) for weight in many.weights] == shapes
    assert many(torch.zeros(3, settings.hidden[0] + 7)).shape == (5, 3, 2)


def test_heads_learn_from_their_own_rows_alone() -> None:
    settings = Settings(hidden=(4, 8, 8, 8, 8, 8), dropout=0.0)
    inputs, target = torch.ones(20, 4), torch.cat([torch.full((10,), -2.0), torch.full((10,), 3.0)])
    torch.manual_seed(0)
    heads = Heads(2, 4, 2, settings)
    rows = [np.arange(10, dtype=np.int64), np.arange(10, 20, dtype=np.int64)]

    def loss(outputs: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
        return (outputs[..., 0] - wanted) ** 2

    schedule = Schedule(200, 10, 1e-2, 0.0)
    fit_side_by_side(heads, Examples((inputs,), target, torch.ones(20)), rows, loss, schedule, seed=1)
    assert heads(inputs)[:, 0, 0].tolist() == pytest.approx([-2.0, 3.0], abs=0.1)


def test_ranked_probability_score_is_least_at_the_truth() -> None:
    truth = torch.tensor([0.5])
    at = [float(ranked_probability_score(torch.tensor([m]), torch.tensor([s]), truth)) for m, s in
          ((0.5, 0.1), (0.5, 1.0), (1.5, 0.1), (1.5, 1.0))]  # fmt: skip
    assert at[0] < at[1] < at[3] < at[2]
    # Gneiting and Raftery 2007: at the mean of a standard normal it is (sqrt 2 - 1) / sqrt pi
    assert float(ranked_probability_score(torch.zeros(1), torch.ones(1), torch.zeros(1))) == pytest.approx(
        0.23370, abs=1e-4
    )


def test_paper_preset_is_table_1() -> None:
    paper = Settings.paper()
    assert (paper.n_epochs, paper.batch_size, paper.learning_rate, paper.n_folds) == (100, 200, 1e-4, 5)
    assert not any((paper.is_parametric, paper.uses_features, paper.is_normalised, paper.n_trees))


def test_settings_survive_json_and_refuse_nonsense() -> None:
    for settings in (Settings.default(), Settings.quick(), Settings.paper()):
        assert Settings.from_dict(settings.to_dict()) == settings
    with pytest.raises(Refusal, match="unknown"):
        Settings.from_dict({"n_layers": 3})
    with pytest.raises(Refusal):
        Settings.from_dict({"n_epochs": "many"})
    with pytest.raises(Refusal):
        Settings(n_epochs=0)
    with pytest.raises(Refusal):
        Settings(uses_features=False, has_image=False)
    with pytest.raises(Refusal):
        Settings(n_trunks=11)
