"""What the doctor says of a real exchange, and of none."""

import asyncio

import pytest
from typer.testing import CliRunner

from tests.channels.asterisk.telephones import OUTSIDE, AsteriskPhones
from tests.contracts.phones import Center
from tests.services.ports import LOOPBACK, free_port
from warmline.__main__ import app
from warmline.channels.asterisk.checking import Doctor, Found


def doctor_of(exchange: AsteriskPhones, **more: str) -> Doctor:
    told = exchange.exchange.exchange
    given = {"user": told.user, "password": told.password, "trunk": told.trunk, **more}
    return Doctor(exchange.exchange.url, **given)


async def looks(doctor: Doctor) -> dict[str, Found]:
    try:
        return {one.point: one async for one in doctor.look()}
    finally:
        await doctor.close()


async def test_an_exchange_that_is_as_it_should_be(
    exchange: AsteriskPhones, center: Center
) -> None:
    del center
    found = await looks(doctor_of(exchange))
    assert [one.point for one in found.values() if not one.good] == []
    assert list(found) == ["answers", "version", "modules", "application", "trunk"]


@pytest.mark.parametrize(
    ("given", "bad"), [({"password": "wrong"}, "answers"), ({"trunk": "none"}, "trunk")]
)
async def test_what_is_wrong_is_named(
    exchange: AsteriskPhones, center: Center, given: dict[str, str], bad: str
) -> None:
    del center
    found = await looks(doctor_of(exchange, **given))
    assert [one.point for one in found.values() if not one.good] == [bad]


async def test_a_test_call_is_heard_and_a_refused_one_told(exchange: AsteriskPhones) -> None:
    _, phone = await exchange.outside()
    doctor = doctor_of(exchange)
    try:
        call = asyncio.create_task(doctor.call(OUTSIDE))
        await phone.rings()
        await phone.answers()
        assert (await call).good
        await phone.over()
        call = asyncio.create_task(doctor.call(OUTSIDE))
        await phone.rings()
        await phone.declines()
        refused = await call
        assert not refused.good
        assert OUTSIDE in refused.told
        assert not (await doctor.call("nobody")).good
    finally:
        await doctor.close()


def test_the_command_says_that_nothing_answers() -> None:
    url = f"http://{LOOPBACK}:{free_port()}"
    said = CliRunner().invoke(app, ["doctor", "--url", url])
    assert said.exit_code == 1
    assert "BAD" in said.output
    none = CliRunner().invoke(app, ["doctor"], env={"WARMLINE_ASTERISK_URL": ""})
    assert none.exit_code == 1
