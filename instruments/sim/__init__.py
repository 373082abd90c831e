"""Writers of the documented file layouts, for tests, the simulated laboratory and the demo. Nothing here reads.

Beside them simulated devices that speak the real protocols; `python -m instruments.sim.mt_sics` runs one of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instruments.sim.eurotherm import EurothermSimulator
    from instruments.sim.lines import PtyLine, TcpLine
    from instruments.sim.modbus_server import RtuServer, TcpServer
    from instruments.sim.mt_sics import MtSicsSimulator
    from instruments.sim.nabertherm import NaberthermSimulator
    from instruments.sim.sim_clock import SimClock
    from instruments.sim.smart import smart_csv
    from instruments.sim.sweeps import Sweeps
    from instruments.sim.xm_native import xm_log_text, xm_native_data, xm_settings_xml
    from instruments.sim.xm_studio import xm_studio_csv
    from instruments.sim.zplot import zplot_text

__all__ = [
    "EurothermSimulator",
    "MtSicsSimulator",
    "NaberthermSimulator",
    "PtyLine",
    "RtuServer",
    "SimClock",
    "Sweeps",
    "TcpLine",
    "TcpServer",
    "smart_csv",
    "xm_log_text",
    "xm_native_data",
    "xm_settings_xml",
    "xm_studio_csv",
    "zplot_text",
]

_HOMES = {
    "EurothermSimulator": "eurotherm",
    "MtSicsSimulator": "mt_sics",
    "NaberthermSimulator": "nabertherm",
    "PtyLine": "lines",
    "RtuServer": "modbus_server",
    "SimClock": "sim_clock",
    "TcpLine": "lines",
    "TcpServer": "modbus_server",
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
