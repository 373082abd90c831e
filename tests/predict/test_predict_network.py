"""The 13 layers, and what a network begins with."""

import numpy as np
import pytest
import torch
from torch import nn

from nasicon_loop.core import Refusal
from nasicon_loop.predict import Settings
from nasicon_loop.predict.network import ConductivityNet
from nasicon_loop.predict.prior import fit_prior, kernel


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


def test_network_begins_at_its_prior() -> None:
    generator = np.random.default_rng(2)
    features = generator.normal(size=(80, 3))
    target = -4.0 + features @ np.array([0.5, -0.3, 0.0]) + generator.normal(0, 0.2, 80)
    prior = fit_prior(features, target, np.arange(80) % 5)
    assert np.abs(prior.cross_fitted - target).mean() < 0.35
    asked = generator.normal(size=(6, 3))
    wanted = kernel(asked, prior.points, prior.rate) @ prior.dual + prior.bias
    assert np.corrcoef(wanted, asked @ np.array([0.5, -0.3, 0.0]))[0, 1] > 0.9
    network = ConductivityNet((11, 5, 32), 3, Settings.default(), n_points=80)
    network.start_from(prior)
    network.eval()
    logits = network(torch.randn(6, 11, 5, 32), torch.from_numpy(asked.astype(np.float32)))
    shares = torch.softmax(logits, dim=1).detach()
    assert (shares @ network.centres).numpy() == pytest.approx(wanted, abs=0.01)


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
