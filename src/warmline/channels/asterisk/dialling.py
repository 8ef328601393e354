"""Legs come and go: ringing somebody up, taking and refusing calls, hanging up."""

import asyncio
import re

from warmline.channels.asterisk import words as ast
from warmline.channels.asterisk.ari import NotThere, path
from warmline.channels.asterisk.board import HANDED_OVER_WITHIN_S, Board, Leg, outcome
from warmline.channels.asterisk.devices import Devices
from warmline.channels.voice import words as w

_PHONE = re.compile(r"[\w.+-]{1,80}", re.ASCII)
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_FACT = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,40}")
_SIGNS = re.compile(r"[^\x20-\x7e]")
_FACT_LIMIT = 200


class Dialling:
    """The doors of the exchange."""

    def __init__(self, board: Board, trunk: str, devices: Devices) -> None:
        self._board, self._trunk, self._devices = board, trunk, devices

    async def dial(self, command: w.Dial) -> w.Outcome:
        """Ring somebody; what becomes of it is told."""
        board = self._board
        if command.leg in board.legs:
            return w.Outcome.DONE
        if board.is_gone(command.leg):
            return w.Outcome.GONE
        to = command.to
        agent = to.agent if isinstance(to, w.Device) else None
        leg = Leg(id=command.leg, role=command.role, call=command.call, agent=agent, dialled=True)
        leg.in_browser = agent is not None and self._devices.in_browser(agent)
        endpoint = self._endpoint(to)
        board.legs[leg.id] = leg
        if endpoint is None:
            board.end(leg.id, w.Cause.UNREACHABLE, w.By.NETWORK)
            return w.Outcome.DONE
        loop = asyncio.get_running_loop()
        leg.timer = loop.call_later(command.ring_ms / 1_000, self._nobody_answers, leg)
        try:
            return await self._ring(leg, endpoint, command)
        except NotThere:
            # It may ring over there for all we know: the next look at Asterisk tells.
            leg.entered.set()
            raise

    async def _ring(self, leg: Leg, endpoint: str, command: w.Dial) -> w.Outcome:
        board = self._board
        wanted = {"endpoint": endpoint, "app": board.ari.app, "appArgs": ast.DIALLED}
        made = await board.ari.send(
            "POST",
            "/channels/create",
            {**wanted, "channelId": leg.id},
            body={"variables": _variables(leg, command)},
        )
        if not made.good:
            # Asterisk has no other word for a phone that is not there.
            board.end(leg.id, w.Cause.UNREACHABLE, w.By.NETWORK)
            return w.Outcome.DONE
        try:
            async with asyncio.timeout(HANDED_OVER_WITHIN_S):
                await leg.entered.wait()
        except TimeoutError:
            board.end(leg.id, w.Cause.FAILED, w.By.NETWORK)
        where = path("channels", leg.id)
        if leg.id not in board.legs or leg.ending is not None:
            await board.ari.ask("DELETE", where)
            return w.Outcome.DONE
        # Our own timer is exact; Asterisk's is for the day on which we are not there.
        seconds = command.ring_ms // 1_000 + 2
        rung = await board.ari.ask("POST", f"{where}/dial", timeout=seconds)
        if not rung.good and leg.id in board.legs:
            await board.ari.ask("DELETE", where)
            board.end(leg.id, w.Cause.UNREACHABLE, w.By.NETWORK)
        return w.Outcome.DONE

    async def answer(self, leg: Leg) -> w.Outcome:
        """Take an incoming leg."""
        if leg.answered:
            return w.Outcome.DONE
        return await self._board.outcome("POST", path("channels", leg.id, "answer"))

    async def hang_up(self, leg: Leg, cause: w.Cause) -> w.Outcome:
        """End a leg; that it has ended is told."""
        where = path("channels", leg.id)
        if leg.transferring:
            # The phone that asked for the transfer waits for this word.
            progress = f"{where}/transfer_progress"
            await self._board.ari.ask("POST", progress, states="channel_answered")
        if leg.ending is None:
            leg.ending = (cause, w.By.CENTER)
        reply = await self._board.ari.ask("DELETE", where, reason_code=ast.CODES[cause])
        if leg.dialled and not leg.entered.is_set():
            return w.Outcome.DONE  # it is only being made: that sees its end
        return outcome(reply)

    def _nobody_answers(self, leg: Leg) -> None:
        if not leg.answered and leg.ending is None:
            leg.ending = (w.Cause.NO_ANSWER, w.By.NETWORK)
            self._board.spawn(self._give_up(leg))

    async def _give_up(self, leg: Leg) -> None:
        try:
            await self._board.ari.ask("DELETE", path("channels", leg.id))
        except NotThere:
            return  # its own timer ends the ringing

    def _endpoint(self, to: w.Device | w.Number) -> str | None:
        match to:
            case w.Device(agent=agent) if _PHONE.fullmatch(agent):
                name = ast.BROWSER if self._devices.in_browser(agent) else ast.PHONE
                return f"PJSIP/{name.format(agent=agent)}"
            case w.Number(value=value) if _NUMBER.fullmatch(value):
                return f"PJSIP/{value}@{self._trunk}"
            case _:
                return None


def _variables(leg: Leg, command: w.Dial) -> dict[str, str]:
    given = {ast.TOLD: leg.told(), "PJSIP_TRANSFER_HANDLING()": "ari-only"}
    if command.caller.name:
        given["CONNECTEDLINE(name,i)"] = _SIGNS.sub("", command.caller.name)[:_FACT_LIMIT]
    if command.caller.number:
        given["CONNECTEDLINE(num,i)"] = _SIGNS.sub("", command.caller.number)[:_FACT_LIMIT]
    if isinstance(command.to, w.Device):
        told = dict(command.facts)
        if leg.in_browser:  # a telephone has no use for them, and Asterisk is slow to add a header
            told |= {"leg": leg.id, "role": leg.role.value}
        for name, value in told.items():
            if _FACT.fullmatch(name):
                header = f"PJSIP_HEADER(add,X-Warmline-{name.capitalize()})"
                given[header] = _SIGNS.sub("", value)[:_FACT_LIMIT]
    return given
