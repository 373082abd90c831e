"""The objects that `--json` prints, built in one place so that every command and the report say the same."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nasicon_loop.eis import Analysis


def analysis_document(analysis: "Analysis") -> dict[str, Any]:
    """Return what a script needs of an analysis; a conductivity without geometry is None."""
    return {
        "schema": 1,
        "verdict": analysis.verdict,
        "reasons": list(analysis.reasons),
        "circuit": analysis.circuit_string,
        "parameters": dict(analysis.parameters),
        "parameters_sd": dict(analysis.parameter_sd),
        "r_total_ohm": analysis.r_total_ohm,
        "r_total_ohm_sd": analysis.r_total_ohm_sd,
        "r_bulk_ohm": analysis.r_bulk_ohm,
        "r_gb_ohm": analysis.r_gb_ohm,
        "sigma_total_s_cm": analysis.sigma_total_s_cm,
        "sigma_total_s_cm_sd": analysis.sigma_total_s_cm_sd,
        "sigma_25_s_cm": analysis.sigma_25_s_cm,
        "sigma_25_s_cm_sd": analysis.sigma_25_s_cm_sd,
        "temperature_c": analysis.temperature_c,
        "temperature_c_sd": analysis.temperature_c_sd,
        "temperature_source": analysis.temperature_source,
        "kk_rms": analysis.kk_rms,
        "randles": analysis.randles,
        "notes": list(analysis.notes),
        "leads": None if analysis.leads is None else dict(analysis.leads),
        "made_by": analysis.made_by,
        "engine_version": analysis.engine_version,
    }
