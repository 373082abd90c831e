"""Writers of the documented file layouts, for tests, the simulated laboratory and the demo. Nothing here reads."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instruments.sim.smart import smart_csv
    from instruments.sim.sweeps import Sweeps
    from instruments.sim.xm_native import xm_log_text, xm_native_data, xm_settings_xml
    from instruments.sim.xm_studio import xm_studio_csv
    from instruments.sim.zplot import zplot_text

__all__ = ["Sweeps", "smart_csv", "xm_log_text", "xm_native_data", "xm_settings_xml", "xm_studio_csv", "zplot_text"]

_HOMES = {
    "Sweeps": "sweeps",
    "smart_csv": "smart",
    "xm_log_text": "xm_native",
    "xm_native_data": "xm_native",
    "xm_settings_xml": "xm_native",
    "xm_studio_csv": "xm_studio",
    "zplot_text": "zplot",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
