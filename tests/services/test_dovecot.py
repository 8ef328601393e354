import imaplib
import re

import aioimaplib
import pytest

from tests.services.dovecot import Dovecot
from tests.services.ports import listens

MAIL = b"From: a@example.org\r\nSubject: hello\r\nMessage-ID: <1@example.org>\r\n\r\nGood day.\r\n"


def signed_in(dovecot: Dovecot) -> imaplib.IMAP4:
    mailbox = imaplib.IMAP4(dovecot.host, dovecot.port, timeout=10)
    mailbox.login(dovecot.user, dovecot.password)
    return mailbox


def test_a_delivered_mail_is_read_over_imap_byte_for_byte(dovecot):
    dovecot.deliver(MAIL)
    with signed_in(dovecot) as mailbox:
        assert mailbox.select("INBOX")[1] == [b"1"]
        fetched = mailbox.fetch("1", "(BODY.PEEK[])")[1][0]
    assert isinstance(fetched, tuple)
    assert fetched[1] == MAIL


def test_a_wrong_password_is_refused(dovecot):
    mailbox = imaplib.IMAP4(dovecot.host, dovecot.port, timeout=10)
    with mailbox, pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        mailbox.login(dovecot.user, "wrong")


def test_a_mail_that_was_expunged_is_gone_from_the_disk(dovecot):
    dovecot.deliver(MAIL)
    with signed_in(dovecot) as mailbox:
        mailbox.select("INBOX")
        mailbox.store("1", "+FLAGS", r"(\Deleted)")
        mailbox.expunge()
    assert dovecot.mails() == []


async def test_idle_reports_a_mail_that_comes_later(dovecot):
    client = aioimaplib.IMAP4(dovecot.host, dovecot.port, timeout=10)
    await client.wait_hello_from_server()
    await client.login(dovecot.user, dovecot.password)
    await client.select("INBOX")
    idle = await client.idle_start(timeout=10)
    dovecot.deliver(MAIL)
    said = b""
    while not re.search(rb"1 EXISTS", said):
        said += b" ".join(await client.wait_server_push(timeout=10))
    client.idle_done()
    await idle
    await client.logout()


def test_after_a_stop_nobody_answers_and_after_a_start_the_mail_is_still_there(dovecot):
    dovecot.deliver(MAIL)
    port = dovecot.port
    dovecot.stop()
    assert not listens(port)
    dovecot.start()
    assert dovecot.port == port
    with signed_in(dovecot) as mailbox:
        assert mailbox.select("INBOX")[1] == [b"1"]
