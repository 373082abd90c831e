"""The 13 layers, and what a network begins with."""

import numpy as np
import pytest
import torch
from torch import nn

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Settings
from nasicon_loop.predict.network import ConductivityNet
from nasicon_loop.predict.prior import fit_line


@pytest.mark.parametrize("settings", [Settings.default(), Settings.quick(), Settings.paper()])
def test_three_convolutions_three_poolings_seven_fully_connected(settings: Settings) -> None:
    network = ConductivityNet((11, 5, 32), 7 if settings.uses_features else 0, settings)
    kinds = [type(module) for module in network.modules()]
    assert (kinds.count(nn.Conv2d), kinds.count(nn.MaxPool2d), kinds.count(nn.Linear)) == (3, 3, 7)
    logits = network(torch.zeros(4, 11, 5, 32), torch.zeros(4, 7 if settings.uses_features else 0))
    assert logits.shape == (4, settings.n_bins)


def test_paper_preset_is_table_1() -> None:
    paper = Settings.paper()
    assert (paper.n_epochs, paper.batch_size, paper.learning_rate, paper.n_folds) == (100, 200, 1e-4, 5)
    assert not any((paper.is_soft, paper.uses_features, paper.is_normalised, paper.has_prior))


def test_network_begins_at_the_line() -> None:
    generator = np.random.default_rng(2)
    features = generator.normal(size=(80, 3))
    target = -4.0 + features @ np.array([0.5, -0.3, 0.0]) + generator.normal(0, 0.4, 80)
    line = fit_line(features, target, np.arange(80) % 5)
    assert line.weights == pytest.approx([0.5, -0.3, 0.0], abs=0.15)
    network = ConductivityNet((11, 5, 32), 3, Settings.default())
    network.start_from(line)
    network.eval()
    asked = torch.zeros(1, 3)
    shares = torch.softmax(network(torch.randn(1, 11, 5, 32), asked), dim=1).detach()
    assert float((shares * network.centres).sum()) == pytest.approx(line.bias, abs=0.01)


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
        Settings(uses_features=False)
