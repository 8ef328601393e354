import stat
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from tests.channels.asterisk.telephones import AsteriskPhones
from tests.services.ports import wait_for
from tests.services.server import running_server
from warmline.__main__ import app
from warmline.channels.asterisk.configure import Exchange, files
from warmline.config import from_environment


def test_the_files_of_an_exchange_are_printed_with_new_passwords():
    words = ["voice", "config", "--agent", "anna", "--provider", "sip.example.net"]
    first, second = (CliRunner().invoke(app, words).output for _ in range(2))
    assert "[anna]" in first
    assert "contact = sip:sip.example.net" in first
    assert "Stasis(warmline,inbound)" in first
    assert first != second, "no two exchanges share a password"


def test_files_are_saved_for_their_owner_and_never_over_others(tmp_path: Path):
    words = ["voice", "config", "--to", str(tmp_path / "asterisk")]
    assert CliRunner().invoke(app, words).exit_code == 0
    for file in (tmp_path / "asterisk").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = CliRunner().invoke(app, words)
    assert again.exit_code == 1
    assert "would be lost" in again.output


@pytest.mark.parametrize("agent", ["anna]\n[evil", "a;b", "x\ny"])
def test_what_would_break_a_file_is_refused(agent: str):
    with pytest.raises(ValueError, match="No line break"):
        files(Exchange(password="secret", phones={agent: "word"}))
    assert CliRunner().invoke(app, ["voice", "config", "--agent", agent]).exit_code == 1


def test_the_login_at_a_provider_is_written_when_there_is_one():
    plain = files(Exchange(password="secret"))["pjsip.conf"]
    known = files(Exchange(password="secret", provider_user="shop", provider_password="word"))
    assert "registration" not in plain
    assert "client_uri = sip:shop@sip.provider.example" in known["pjsip.conf"]


@pytest.mark.parametrize("url", ["127.0.0.1:8088", "ws://h:1", "http://u:p@h:1", "http://h/ari?x"])
def test_an_address_that_makes_no_sense_is_refused(url: str):
    with pytest.raises(ValueError, match="WARMLINE_ASTERISK_URL"):
        from_environment(asterisk_url=url, asterisk_password="secret")


def test_an_address_needs_a_password():
    with pytest.raises(ValueError, match="WARMLINE_ASTERISK_PASSWORD"):
        from_environment(asterisk_url="http://127.0.0.1:8088")


async def test_a_server_takes_the_calls_of_its_exchange_and_logs_no_number(
    tmp_path: Path, exchange: AsteriskPhones
):
    told = exchange.exchange.exchange
    env = {"WARMLINE_ASTERISK_URL": exchange.exchange.url}
    env["WARMLINE_ASTERISK_PASSWORD"] = told.password
    with running_server(tmp_path / "data", env=env) as server:
        login = (told.user, told.password)

        def taken() -> bool:
            found = httpx.get(f"{exchange.exchange.url}/ari/applications", auth=login).json()
            return any(one["name"] == told.app for one in found)

        wait_for("the server to come", taken)
        phone = await exchange.call("+48221234567")
        await phone.over()
        assert server.stop() == 0
        assert phone.name not in server.output()
        assert "48221234567" not in server.output()
        assert told.password not in server.output()
        assert "/ari/" not in server.output(), "no request is logged: numbers stand in some"
