"""How fast: a whole analysis, the Kramers-Kronig test, batched fits beside `impedance`, and the import."""

import statistics
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from benchmarks.yardstick import median_seconds, yardstick_seconds
from nasicon_loop.eis import Circuit, analyse, fit_batch, kramers_kronig, relaxation_times, simulated_spectra
from nasicon_loop.eis.circuit import ln_j_omega

TEXT = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
TRUTH = np.array([100.0, 500.0, 1e-9, 0.9, 1500.0, 3e-8, 0.85, 1e-6, 0.8])
N_BATCH, N_IMPEDANCE = 1000, 12


def median_ms(function: Callable[[], object], n: int) -> float:
    """Return the median time of a call in milliseconds."""
    times = []
    for _ in range(n):
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return 1e3 * statistics.median(times)


def fitting() -> list[str]:
    """Time single-start fits of nine parameters to 61 points from the same perturbed starts."""
    from impedance.models.circuits import CustomCircuit

    circuit, f, random = Circuit.compile(TEXT), np.logspace(6, 0, 61), np.random.default_rng(0)
    spread = np.where(circuit.bounds[:, 1] == 1.0, 0.03, 0.4)
    truth = np.minimum(TRUTH * np.exp(random.normal(size=(N_BATCH, 9)) * spread), circuit.bounds[:, 1])
    z, _ = circuit.evaluate(ln_j_omega(f), truth)
    z = z * (1 + 0.003 * (random.normal(size=z.shape) + 1j * random.normal(size=z.shape)))
    starts = np.minimum(truth * np.exp(random.normal(size=truth.shape) * 0.3), 0.999 * circuit.bounds[:, 1])
    begin = time.perf_counter()
    fit = fit_batch(circuit, f, z, starts)
    ours = (time.perf_counter() - begin) / N_BATCH
    costs, seconds = [], []
    for i in range(N_IMPEDANCE):
        begin = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            their = CustomCircuit(TEXT, initial_guess=starts[i].tolist())
            their.fit(f, z[i], weight_by_modulus=True)
        seconds.append(time.perf_counter() - begin)
        costs.append(float(np.sum(np.abs((circuit.impedance(f, their.parameters_) - z[i]) / z[i]) ** 2)))
    theirs = statistics.median(seconds)
    not_worse = float(np.mean(fit.cost[:N_IMPEDANCE] <= 1.001 * np.array(costs)))
    return [
        f"| fit of 9 parameters, batch of {N_BATCH} | {1e3 * ours:.3f} ms | {theirs / ours:.0f} times as fast as "
        f"impedance with modulus weights ({1e3 * theirs:.0f} ms), chi2 equal or lower in {not_worse:.0%} | "
        f"200 times, 100 % | {met(theirs / ours >= 200 and not_worse == 1.0)} |"
    ]


def line(name: str, times_ms: list[float], limit_ms: float) -> str:
    """Return one line: the median of these times, the worst, and the goal for the median."""
    median, worst = statistics.median(times_ms), max(times_ms)
    goal = f"{limit_ms:.0f} ms | {met(median <= limit_ms)}"
    return f"| {name} | {median:.0f} ms | worst of {len(times_ms)}: {worst:.0f} ms | {goal} |"


def met(is_met: bool) -> str:
    """Say whether a goal was reached."""
    return "yes" if is_met else "**no**"


def run() -> str:
    """Return the section on the speed of the analysis as Markdown."""
    spectra = [s.spectrum for s in simulated_spectra(30, seed=1)]
    analyse(spectra[0])
    relaxation_times(spectra[0])
    whole: list[float] = [median_ms(lambda s=s: analyse(s), 1) for s in spectra]  # type: ignore[misc]
    points: tuple[NDArray[np.float64], NDArray[np.complex128]] = (spectra[0].frequency_hz, spectra[0].impedance_ohm)
    imported = median_seconds([sys.executable, "-c", "import nasicon_loop.eis"], 5)
    first = median_seconds([sys.executable, "-c", "from nasicon_loop.eis import analyse"], 5)
    kk = median_ms(lambda: kramers_kronig(*points), 20)
    drt: list[float] = [median_ms(lambda s=s: relaxation_times(s), 1) for s in spectra]  # type: ignore[misc]
    lines = [
        "## Impedance: how fast?",
        "",
        f"Yardstick: `python -c 'import numpy'` {yardstick_seconds():.3f} s.",
        "",
        "| what | median | | goal | met |",
        "|---|---|---|---|---|",
        line("whole analysis", whole, 150.0),
        f"| Kramers-Kronig test | {kk:.2f} ms | | 5 ms | {met(kk <= 5)} |",
        line("relaxation times", drt, 200.0),
        *fitting(),
        f"| `import nasicon_loop.eis` | {imported:.3f} s | with `analyse` {first:.3f} s | 0.5 s "
        f"| {met(imported < 0.5)} |",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(run())
