"""What people do on their pages: answer, mute, hold, hang up, and what browsers tell each other."""

from collections.abc import Callable, Mapping

from warmline.channels.voice.words import By, Cause, HoldAsked, LegId, QualityMeasured
from warmline.channels.webrtc.board import Board
from warmline.channels.webrtc.legs import Leg
from warmline.channels.webrtc.mesh import Connection
from warmline.channels.webrtc.pages import (
    BODY_LIMIT_CHARS,
    CONNECTIONS_LIMIT,
    SIGNALS,
    Frame,
    Page,
    figure,
    given,
)
from warmline.core.words import Malformed

LONGEST_MS = 60_000.0
BEST_MOS = 5.0


class Deeds:
    """Does what the frames of pages say; a frame about what is over is let go."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._of_page: Mapping[str, Callable[[Page, Frame], None]] = {
            "able": self._able,
            "front": self._front,
            "here": self._here,
            "ping": self._ping,
        }
        self._of_leg: Mapping[str, Callable[[Leg, Frame, Page], None]] = {
            "answer": self._answer,
            "reject": self._reject,
            "hang_up": self._hang_up,
            "digits": self._digits,
            "hold": self._hold,
            "mute": self._mute,
            "quality": self._quality,
            "signal": self._signal,
            "up": self._up,
            "failed": self._failed,
        }

    def do(self, page: Page, frame: Frame) -> None:
        """Do what a frame says; `Malformed` when it says nothing that can be done."""
        if (of_page := self._of_page.get(frame.type)) is not None:
            of_page(page, frame)
            return
        of_leg = self._of_leg.get(frame.type)
        if of_leg is None:
            raise Malformed("type", "is none that we know")
        id_ = LegId(given(frame.leg, "leg"))
        leg = self._board.legs.get(id_)
        if leg is not None and self._may(page, leg, frame.type):
            of_leg(leg, frame, page)
        elif leg is None and page.agent is not None and frame.type in {"hold", "quality"}:
            event = self._hold_asked if frame.type == "hold" else self._measured
            self._board.beyond(page.agent, event(id_, frame))

    def _may(self, page: Page, leg: Leg, deed: str) -> bool:
        """The page that carries a leg may do all with it; one where it rings may take it."""
        if deed in {"answer", "reject"}:
            rings = leg.answered_at is None and leg.agent is not None
            return rings and page.agent == leg.agent and page.able
        return leg.page is page

    # Of a page

    def _able(self, page: Page, frame: Frame) -> None:
        if page.agent is not None:
            self._board.phone_able(page, on=_on(frame))

    def _front(self, page: Page, _: Frame) -> None:
        if page.agent is not None:
            self._board.front(page)

    def _here(self, page: Page, frame: Frame) -> None:
        kept = frame.connections or []
        if len(kept) > CONNECTIONS_LIMIT:
            detail = f"are more than {CONNECTIONS_LIMIT}"
            raise Malformed("connections", detail, "too_many", max=CONNECTIONS_LIMIT)
        for leg in [one for one in self._board.legs.values() if one.page is page]:
            self._board.mesh.came_back(leg, kept)
            self._board.back(leg)

    def _ping(self, page: Page, _: Frame) -> None:
        page.tell({"type": "pong", "now": self._board.clock.now()})

    # Of a leg

    def _answer(self, leg: Leg, _: Frame, page: Page) -> None:
        self._board.answer(leg, page)

    def _reject(self, leg: Leg, _: Frame, _page: Page) -> None:
        self._board.end(leg, Cause.REJECTED, By.PARTY)

    def _hang_up(self, leg: Leg, _: Frame, _page: Page) -> None:
        unanswered = leg.answered_at is None
        self._board.end(leg, Cause.CANCELLED if unanswered else Cause.NORMAL, By.PARTY)

    def _hold(self, leg: Leg, frame: Frame, _: Page) -> None:
        if leg.agent is not None:
            self._board.tell(self._hold_asked(leg.id, frame))

    def _digits(self, leg: Leg, frame: Frame, _: Page) -> None:
        digits = given(frame.digits, "digits")
        if self._board.between is not None and leg.answered_at is not None:
            self._board.between.pressed(leg, digits)

    def _mute(self, leg: Leg, frame: Frame, _: Page) -> None:
        leg.muted = _on(frame)
        self._board.show(leg)

    def _quality(self, leg: Leg, frame: Frame, _: Page) -> None:
        self._board.tell(self._measured(leg.id, frame))

    def _hold_asked(self, leg: LegId, frame: Frame) -> HoldAsked:
        return HoldAsked(at=self._board.clock.now(), leg=leg, on=_on(frame))

    def _measured(self, leg: LegId, frame: Frame) -> QualityMeasured:
        return QualityMeasured(
            at=self._board.clock.now(),
            leg=leg,
            loss=figure(frame.loss, "loss", most=1.0),
            jitter_ms=figure(frame.jitter_ms, "jitter_ms", most=LONGEST_MS),
            round_trip_ms=figure(frame.round_trip_ms, "round_trip_ms", most=LONGEST_MS),
            mos=figure(frame.mos, "mos", least=1.0, most=BEST_MOS),
        )

    # Between pages

    def _signal(self, leg: Leg, frame: Frame, _: Page) -> None:
        if frame.kind not in SIGNALS:
            raise Malformed("kind", "is none that we know")
        if frame.body is None or len(frame.body) > BODY_LIMIT_CHARS:
            detail = f"must be there, with at most {BODY_LIMIT_CHARS} characters"
            raise Malformed("body", detail, "too_long", max=BODY_LIMIT_CHARS)
        there = self._connection(leg, frame)
        other = None if there is None else there.opposite(leg.id)
        if there is not None and other is not None and other.page is not None:
            other.page.tell(
                {
                    "type": "signal",
                    "leg": other.id,
                    "connection": there.id,
                    "kind": frame.kind,
                    "body": frame.body,
                }
            )

    def _up(self, leg: Leg, frame: Frame, _: Page) -> None:
        there = self._connection(leg, frame)
        if there is not None:
            there.up.add(leg.id)

    def _failed(self, leg: Leg, frame: Frame, _: Page) -> None:
        there = self._connection(leg, frame)
        if there is not None:
            self._board.mesh.again(there)

    def _connection(self, leg: Leg, frame: Frame) -> Connection | None:
        return self._board.mesh.find(given(frame.connection, "connection"), leg.id)


def _on(frame: Frame) -> bool:
    if frame.on is None:
        raise Malformed("on", "is missing")
    return frame.on
