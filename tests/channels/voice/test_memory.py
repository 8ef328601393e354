"""Rows of legs: several calls' go in one transaction, and none is lost when one fails."""

from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from warmline.channels.voice import words as w
from warmline.channels.voice.calls import Call, Leg
from warmline.channels.voice.memory import Calls
from warmline.channels.voice.tables import call_leg
from warmline.config import Settings
from warmline.core import commands as c
from warmline.core.words import (
    CHANNEL,
    AgentId,
    CommandId,
    InteractionId,
    Rejected,
    SiteId,
)
from warmline.ports import Answer, Unavailable, Write
from warmline.storage.database import Database, open_database
from warmline.storage.rows import Row, rows
from warmline.storage.schema import metadata

SITE = SiteId("main")


class FullDisk(Database):
    """A database whose disk is full for a while."""

    def __init__(self, real: Database) -> None:
        super().__init__(real.engine)
        self.full = False
        self.written = 0

    async def at_once(self, work: Callable[[Connection], None]) -> None:
        if self.full:
            raise OSError("no space left on device")
        await super().at_once(work)
        self.written += 1


@pytest.fixture
async def disk(tmp_path: Path) -> AsyncGenerator[FullDisk]:
    disk = FullDisk(open_database(Settings(data=tmp_path)))
    await disk.create(metadata)
    yield disk
    await disk.close()


async def legs(disk: Database) -> list[Row]:
    async with disk.read() as connection:
        return list(await rows(connection, select(call_leg).order_by(call_leg.c.leg)))


def rings(calls: Calls, name: str) -> tuple[Call, Leg]:
    """A call whose agent's phone is about to ring."""
    call = Call(interaction=InteractionId(name))
    leg = Leg(id=w.LegId(f"{name}-offer"), role=w.Role.AGENT, at=1, agent=AgentId("anna"))
    calls.begin_offered(call, leg)
    return call, leg


def hang_up(call: Call) -> c.HangUp:
    return c.HangUp(id=CommandId("hang-up"), by=CHANNEL, interaction=call.interaction, cause="x")


async def test_one_transaction_takes_the_rows_of_all_calls_along(disk: FullDisk) -> None:
    calls = Calls(database=disk, site=SITE, network="loopback")
    found = [rings(calls, name) for name in ("first", "second", "third")]
    calls.answered(found[0][1], 5)
    for call, _ in found:
        await calls.keep(call)
    assert disk.written == 1
    assert [(one["leg"], one["answered_at"]) for one in await legs(disk)] == [
        ("first-offer", 5),
        ("second-offer", None),
        ("third-offer", None),
    ]


async def test_what_a_full_disk_did_not_take_is_kept_later_in_order(disk: FullDisk) -> None:
    calls = Calls(database=disk, site=SITE, network="loopback")
    call, leg = rings(calls, "call")
    disk.full = True
    with pytest.raises(Unavailable):
        await calls.keep(call)
    calls.answered(leg, 5)
    ended = w.LegEnded(at=9, leg=leg.id, cause=w.Cause.NORMAL, by=w.By.PARTY)
    await calls.ended(leg, ended)
    disk.full = False
    await calls.keep(call)
    [kept] = await legs(disk)
    assert (kept["answered_at"], kept["ended_at"], kept["cause"]) == (5, 9, "normal")


async def test_rows_travel_with_a_command_and_stay_when_it_is_refused(disk: FullDisk) -> None:
    calls = Calls(database=disk, site=SITE, network="loopback")
    call, _ = rings(calls, "call")
    travelled: list[Write] = []

    async def refuses(command: c.Command, *writes: Write) -> Answer:
        assert command.id == "hang-up"
        travelled.extend(writes)
        raise Rejected("wrong_phase", "It is over.")

    async def knows(command: c.Command, *writes: Write) -> Answer:
        assert command.id == "hang-up"
        travelled.extend(writes)
        return Answer(events=(), repeated=True)

    with pytest.raises(Rejected):
        await calls.tell(call, refuses, hang_up(call))
    await calls.tell(call, knows, hang_up(call))
    assert len(travelled) == 2
    await calls.keep(call)
    assert len(await legs(disk)) == 1


async def test_rows_that_travelled_are_not_written_again(disk: FullDisk) -> None:
    calls = Calls(database=disk, site=SITE, network="loopback")
    call, _ = rings(calls, "call")

    async def takes(command: c.Command, *writes: Write) -> Answer:
        assert (command.id, len(writes)) == ("hang-up", 1)
        return Answer(events=())

    await calls.tell(call, takes, hang_up(call))
    await calls.keep(call)
    assert disk.written == 0
