"""What a caller who waits is told on their page: the true place in the line, and a range."""

import asyncio
from collections.abc import Callable

from warmline.channels.voice.words import LegId, Role
from warmline.channels.webchat.waiting import TELL_EVERY_MS, Line, Standing, standing
from warmline.channels.webrtc.board import Board
from warmline.core.words import SECOND, InteractionId
from warmline.ports import Clock, State


class Places:
    """Tells the pages of those who wait where they stand, when that is news."""

    def __init__(
        self,
        *,
        board: Board,
        state: State,
        clock: Clock,
        line: Line,
        interaction_of: Callable[[LegId], InteractionId],
    ) -> None:
        self._board = board
        self._state = state
        self._clock = clock
        self._line = line
        self._interaction_of = interaction_of
        self._told: dict[LegId, tuple[str, Standing]] = {}

    async def run(self) -> None:
        """Look every few seconds, until cancelled; costs nothing while nobody calls."""
        while True:
            await asyncio.sleep(TELL_EVERY_MS / SECOND)
            self.tell()

    def tell(self) -> None:
        """Tell whoever stands elsewhere than they were told."""
        center, now = self._state.center(), self._clock.now()
        self._told = {leg: told for leg, told in self._told.items() if leg in self._board.legs}
        for leg in self._board.legs.values():
            if leg.role is not Role.CUSTOMER or leg.page is None:
                continue
            found = center.interactions.get(self._interaction_of(leg.id))
            stands = standing(center, found, self._line, now)
            page, before = self._told.get(leg.id, (None, None))
            # A page that was loaded again was told nothing.
            if page == leg.page.id and not stands.is_news_after(before):
                continue
            self._told[leg.id] = (leg.page.id, stands)
            low, high = stands.expected or (None, None)
            leg.page.tell(
                {
                    "type": "place",
                    "position": stands.position,
                    "low_ms": low,
                    "high_ms": high,
                    "words": stands.words,
                }
            )
