"""The potentiostat's export of a pellet's sweep, as bytes and with the name an operator gives it."""

from datetime import UTC, datetime, timedelta

from instruments import Spectrum
from instruments.sim import xm_studio_csv
from nasicon_loop.twin.pellets import Pellet
from nasicon_loop.twin.spectra import pellet_spectrum

_FIRST_DAY = datetime(2025, 3, 3, 9, 12, 0, tzinfo=UTC)


def export(pellet: Pellet, *, round_number: int = 1, place: int = 0, spectrum: Spectrum | None = None) -> bytes:
    """Return the XM-studio CSV of the pellet; dates go on by a week a round, a quarter of an hour a pellet.

    `spectrum` is what was measured when that is not the pellet as it is.
    """
    started = _FIRST_DAY + timedelta(weeks=round_number - 1, minutes=15 * place)
    return xm_studio_csv(
        pellet_spectrum(pellet) if spectrum is None else spectrum,
        experiment=f"EIS {pellet.label}",
        started_at=started,
        locale="uk" if round_number % 2 == 0 else "us",
    )


def file_name(pellet: Pellet) -> str:
    """Return the name on the inbox: pellet and the thermometer's reading, which the file itself cannot carry."""
    return f"{pellet.label}_{pellet.shown_temperature_c:.1f}C.csv"
