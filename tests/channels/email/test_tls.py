"""TLS with mail servers: certificates are checked, and what is wrong with one is said."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest

from tests.channels.email.post import arrived, in_state, letter, mails, outbox
from tests.channels.email.test_in_and_out import taken
from tests.contracts.house import House, open_house, until
from tests.services.certificates import Authority, Certificate
from tests.services.dovecot import running_dovecot
from tests.services.smtp_sink import SmtpSink, running_smtp_sink
from warmline.channels.email.imap_session import ImapTrouble, signed_in
from warmline.channels.email.mailboxes import Imap, sealed_about
from warmline.channels.email.smtp_out import Later, Relay
from warmline.config import Settings, from_environment

HOST = "localhost"
BOX = "desk@warmline.test"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def settings(sink: SmtpSink, tls: str, ca_file: Path | None) -> dict[str, Any]:
    return {
        "smtp_in_port": 0,
        "smtp_out_host": HOST,
        "smtp_out_port": sink.port,
        "smtp_out_tls": tls,
        "tls_ca_file": ca_file,
        "undo_send_ms": 0,
    }


def wrong(authority: Authority, tmp_path: Path, how: str) -> tuple[Certificate, Path, str]:
    """A certificate that must not be believed, whom we believe, and what is said of it."""
    match how:
        case "another name":
            return authority.certificate("mail.elsewhere.test"), authority.file, "another name"
        case "expired":
            return authority.expired(HOST), authority.file, "not valid now"
        case _:
            stranger = Authority(tmp_path, "stranger")
            return stranger.certificate(HOST), authority.file, "signed by nobody we know"


WRONG = ["another name", "unknown authority", "expired"]


@pytest.mark.parametrize(
    ("tls", "implicit"), [("always", False), ("auto", False), ("implicit", True)]
)
async def test_an_answer_leaves_encrypted(
    tmp_path: Path, authority: Authority, tls: str, *, implicit: bool
):
    shown = authority.certificate(HOST).context()
    with running_smtp_sink(shown, implicit=implicit) as sink:
        given = settings(sink, tls, authority.file)
        async with open_house(tmp_path / "data", **given) as house:
            interaction = await taken(house)
            answer = await house.writes(interaction, "Он уже в пути.")
            [ours] = await mails(sink, 1)
            assert ours.encrypted is not implicit  # said of STARTTLS; a sink of TLS hears no other
            await in_state(house, answer, "delivered")


@pytest.mark.parametrize("how", WRONG)
@pytest.mark.parametrize(
    ("tls", "implicit"), [("always", False), ("auto", False), ("implicit", True)]
)
async def test_a_relay_that_shows_a_wrong_certificate_gets_no_mail(
    tmp_path: Path, authority: Authority, tls: str, how: str, *, implicit: bool
):
    shown, believed, said = wrong(authority, tmp_path, how)
    with running_smtp_sink(shown.context(), implicit=implicit) as sink:
        relay = Relay(Settings(**settings(sink, tls, believed)))
        with pytest.raises(Later, match=said) as refusal:
            await relay.hand_over("a@shop.example", ["b@mail.example"], b"Subject: x\r\n\r\nx\r\n")
        assert refusal.value.code == "tls_failed"
        with pytest.raises(Later, match=said):
            await relay.check()
        assert sink.attempts == 0


async def test_without_the_file_our_own_authority_is_nobody_we_know(authority: Authority):
    with running_smtp_sink(authority.certificate(HOST).context(), implicit=True) as sink:
        with pytest.raises(Later, match="WARMLINE_TLS_CA_FILE") as refusal:
            await Relay(Settings(**settings(sink, "implicit", None))).check()
        assert HOST in refusal.value.detail


async def test_always_means_that_a_relay_without_tls_gets_no_mail(smtp_sink: SmtpSink):
    relay = Relay(Settings(**settings(smtp_sink, "always", None)))
    with pytest.raises(Later):
        await relay.hand_over("a@shop.example", ["b@mail.example"], b"Subject: x\r\n\r\nx\r\n")
    assert smtp_sink.attempts == 0


async def test_a_mail_that_cannot_leave_waits_and_says_why(tmp_path: Path, authority: Authority):
    shown, believed, said = wrong(authority, tmp_path, "unknown authority")
    with running_smtp_sink(shown.context()) as sink:
        given = settings(sink, "always", believed)
        async with open_house(tmp_path / "data", **given) as house:
            interaction = await taken(house)
            await house.writes(interaction, "Он уже в пути.")

            async def tried() -> Any:
                found = await outbox(house)
                return found and found[0]["code"] and found[0]

            waiting = await until("an attempt", tried)
            assert (waiting["state"], waiting["code"]) == ("waiting", "tls_failed")
            assert said in waiting["error"]


# IMAP


def reached(house: House, port: int, user: str, password: str) -> Imap:
    keys = house.email.mailboxes.keys
    sealed = keys.seal(password, about=sealed_about(house.email.site, "desk"))
    return Imap(host=HOST, port=port, tls="implicit", user=user, sealed=sealed)


async def test_mail_is_fetched_over_tls(tmp_path: Path, authority: Authority, smtp_sink: SmtpSink):
    with running_dovecot(shown=authority.certificate(HOST)) as dovecot:
        dovecot.deliver(letter(to=BOX).as_bytes())
        given = settings(smtp_sink, "never", authority.file)
        async with open_house(tmp_path / "data", **given) as house:
            imap = reached(house, dovecot.tls_port, dovecot.user, dovecot.password)
            await house.opens_mailbox(BOX, imap=imap, reply_tokens=False)
            await arrived(house)
            assert house.email.mailboxes.standing("desk").state in {"ok", "waiting"}


@pytest.mark.parametrize("how", WRONG)
async def test_an_imap_server_with_a_wrong_certificate_is_not_signed_in_to(
    tmp_path: Path, authority: Authority, how: str
):
    shown, believed, said = wrong(authority, tmp_path, how)
    with running_dovecot(shown=shown) as dovecot:
        imap = Imap(host=HOST, port=dovecot.tls_port, tls="implicit", user=dovecot.user)
        with pytest.raises(ImapTrouble, match=said):
            async with signed_in(imap, dovecot.password, ca_file=believed):
                pass
        log = await asyncio.to_thread(dovecot.log)
        assert "Login:" not in log


async def test_the_mailbox_shows_that_its_server_is_not_believed(
    tmp_path: Path, authority: Authority, smtp_sink: SmtpSink
):
    with running_dovecot(shown=authority.certificate(HOST)) as dovecot:
        given = settings(smtp_sink, "never", None)
        async with open_house(tmp_path / "data", **given) as house:
            imap = reached(house, dovecot.tls_port, dovecot.user, dovecot.password)
            await house.opens_mailbox(BOX, imap=imap)

            def failing() -> Any:
                standing = house.email.mailboxes.standing("desk")
                return standing if standing.state == "error" else None

            standing = await until("it fails", failing)
            assert "signed by nobody we know" in standing.error


# The setting


def test_a_file_that_is_not_there_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("WARMLINE_TLS_CA_FILE", str(tmp_path / "none.pem"))
    with pytest.raises(ValueError, match="WARMLINE_TLS_CA_FILE: there is no file"):
        from_environment()


async def test_a_file_without_certificates_is_told(tmp_path: Path, smtp_sink: SmtpSink):
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")
    with pytest.raises(Later, match="TLS"):
        await Relay(Settings(**settings(smtp_sink, "always", empty))).check()
    imap = Imap(host=HOST, port=1, tls="implicit", user="x")
    with pytest.raises(ImapTrouble, match="holds no certificates"):
        async with signed_in(imap, "x", ca_file=empty):
            pass


def test_certificates_are_checked_at_all():
    from warmline.channels.email import trust

    made = trust.context(None)
    assert made.check_hostname
    assert made.verify_mode is ssl.CERT_REQUIRED
