"""What the network looks at, as tables that fit 80 columns."""

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_OF_COMPONENT = " of component "
_PLACES = {"A": "cavities (A)", "M": "octahedra (M)", "X": "tetrahedra (X)"}


def draw_explanation(screen: "Console", explanation: Any) -> None:
    """Show per site kind the kept descriptors with weights and loadings, and why the others were dropped."""
    screen.print(
        "\nDescriptors of the elements, per site kind. weight: |correlation| of the site's\n"
        f"mean with {explanation.weighed_by} in the rows that the trunk learned from.\n"
        f"c1 to c{explanation.n_components}: loadings of the principal components over the elements that can\n"
        "stand there."
    )
    for site in explanation.sites:
        _draw_site(screen, site)
    screen.print("\nbeside the image go into the network:")
    own = [name for name in explanation.features if _OF_COMPONENT not in name]
    if len(own) < len(explanation.features):
        own.append(f"mean and spread of c1 to c{explanation.n_components} on every site kind")
    _say(screen, ", ".join(own) or "nothing")


def _draw_site(screen: "Console", site: Any) -> None:
    from nasicon_loop.cli.words import plain_table

    components = [f"c{k + 1}" for k in range(len(site.explained))]
    lines = zip(site.names, site.weights, site.loadings, site.dropped, strict=True)
    kept = sorted((line for line in lines if not line[3]), key=lambda line: -line[1])
    rows = [(name, f"{weight:.2f}", *(f"{value:+.2f}" for value in loads)) for name, weight, loads, _ in kept]
    shares = ("of the variance", "", *(f"{100 * share:.0f} %" for share in site.explained))
    columns = ["descriptor", "weight", *components]
    title = f"{_PLACES.get(site.site, site.site)}: {len(kept)} of {len(site.names)} kept"
    screen.print(plain_table(columns, [*rows, shares], title=title, whole=columns, tight=True))
    for name, reason in zip(site.names, site.dropped, strict=True):
        if reason:
            _say(screen, f"dropped {name}: {reason}")


def _say(screen: "Console", sentence: str) -> None:
    for line in textwrap.wrap(sentence, 76, subsequent_indent="  "):
        screen.print(f"  {line}")
