"""The command palette: every action of the table by its name."""

from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from nasicon_loop.lab import ACTIONS, Action
from nasicon_loop.tui.keys import keys_to, place, slug

if TYPE_CHECKING:
    from nasicon_loop.tui.app import NasiconApp


class LabCommands(Provider):
    """Offers the table; choosing one goes to its screen and does it there."""

    def _offers(self) -> list[tuple[str, str, Action]]:
        return [
            (f"{place(str(one.screen)).title}: {one.name}", f"{one.help} ({keys_to(one)})", one)
            for one in ACTIONS
            if one.screen is not None
        ]

    def _run(self, action: Action) -> None:
        app = cast("NasiconApp", self.app)
        app.go(str(action.screen))
        if not str(action.key).isdigit():
            app.call_later(self._do, action)

    def _do(self, action: Action) -> None:
        front = cast("NasiconApp", self.app).front
        if front is not None and action.screen == front.PLACE and front.can(slug(action)):
            front.action_do(slug(action))

    async def discover(self) -> Hits:
        """Offer everything while nothing is typed."""
        for title, text, action in self._offers():
            yield DiscoveryHit(title, lambda action=action: self._run(action), help=text)

    async def search(self, query: str) -> Hits:
        """Offer what fits."""
        matcher = self.matcher(query)
        for title, text, action in self._offers():
            score = matcher.match(f"{title} {text}")
            if score > 0:
                yield Hit(score, matcher.highlight(title), lambda action=action: self._run(action), help=text)
