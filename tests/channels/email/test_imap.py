"""Mail fetched from a real Dovecot."""

from typing import Any

import pytest

from tests.channels.email.post import arrived, letter, messages
from tests.contracts.house import House, until
from tests.services.dovecot import Dovecot
from warmline.channels.email.imap_in import Pace
from warmline.channels.email.mailboxes import Imap, Mailbox, sealed_about
from warmline.core import events as e

BOX = "desk@warmline.test"


async def fetched(
    house: House, dovecot: Dovecot, *, password: str | None = None, **more: Any
) -> Mailbox:
    """A mailbox whose mail is fetched from Dovecot."""
    keys = house.email.mailboxes.keys
    sealed = keys.seal(password or dovecot.password, about=sealed_about(house.email.site, "desk"))
    imap = Imap(host=dovecot.host, port=dovecot.port, tls="none", user=dovecot.user, sealed=sealed)
    return await house.opens_mailbox(BOX, imap=imap, **{"reply_tokens": False, **more})


async def in_state(house: House, state: str) -> Any:
    def there() -> Any:
        standing = house.email.mailboxes.standing("desk")
        return standing if standing.state == state else None

    return await until(f"the mailbox is {state}", there)


def seen(dovecot: Dovecot) -> list[str]:
    """The flags of the mails, as Maildir keeps them in file names."""
    return [path.name.rpartition(":2,")[2] for path in sorted(dovecot.maildir().glob("cur/*"))]


async def test_unread_mail_and_mail_that_comes_later_is_fetched_and_marked_as_seen(
    house: House, dovecot: Dovecot
):
    dovecot.deliver(letter("First", subject="First", to=BOX).as_bytes())
    await fetched(house, dovecot)
    [first] = await arrived(house)
    await in_state(house, "ok")
    dovecot.deliver(letter("Second", subject="Second", to=BOX).as_bytes())
    await arrived(house, 2)
    await until("both are seen", lambda: seen(dovecot) == ["S", "S"])
    assert [one["text"] for one in await messages(house, first)] == ["First"]


async def test_mail_is_found_by_looking_where_the_server_cannot_idle(
    house: House, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
):
    from warmline.channels.email.imap_session import ImapSession

    monkeypatch.setattr(ImapSession, "can_idle", False)
    await fetched(house, dovecot)
    await in_state(house, "ok")
    dovecot.deliver(letter(to=BOX).as_bytes())
    await arrived(house)


async def test_the_same_mail_by_smtp_and_by_imap_is_one(house: House, dovecot: Dovecot):
    from tests.channels.email.post import send

    mail = letter(to=BOX)
    await fetched(house, dovecot)
    await in_state(house, "ok")
    await send(house, mail)
    dovecot.deliver(mail.as_bytes())
    await until("it is seen", lambda: seen(dovecot) == ["S"])
    assert len(await house.log(e.Arrived)) == 1


async def test_after_a_restart_nothing_is_fetched_twice_and_nothing_is_left_out(
    house: House, dovecot: Dovecot
):
    dovecot.deliver(letter(subject="First", to=BOX).as_bytes())
    await fetched(house, dovecot)
    await arrived(house)
    await house.stop()
    dovecot.deliver(letter(subject="Second", to=BOX).as_bytes())
    await house.start()
    await arrived(house, 2)
    assert len(await house.log(e.MessageReceived)) == 2


async def test_a_mail_that_is_refused_stays_flagged_and_is_counted(house: House, dovecot: Dovecot):
    dovecot.deliver(b"From: a@b.example\r\nSubject: x\r\n\r\n" + b"x" * (26 * 1024 * 1024))
    dovecot.deliver(letter(to=BOX).as_bytes())
    await fetched(house, dovecot)
    await arrived(house)
    await until("it is counted", lambda: house.email.mailboxes.standing("desk").refused == 1)

    def flagged() -> bool:
        flags = seen(dovecot)
        return len(flags) == 2 and "F" in flags[0] and "S" not in flags[0] and "S" in flags[1]

    await until("it is flagged", flagged)


async def test_a_mail_to_a_closed_queue_is_taken_and_waits_for_the_morning(
    house: House, dovecot: Dovecot
):
    from tests.contracts.house import new
    from warmline.core import commands as c
    from warmline.core.settings import Inbox
    from warmline.core.words import InboxId, Medium, QueueId

    inbox = Inbox(id=InboxId("letters"), name="Mail", medium=Medium.EMAIL, queue=QueueId("night"))
    await house.give(c.DefineInbox(id=new(), inbox=inbox))
    dovecot.deliver(letter(to=BOX).as_bytes())
    await fetched(house, dovecot)
    await arrived(house)
    await until("it is seen", lambda: seen(dovecot) == ["S"])


async def test_while_imap_is_down_the_mailbox_says_so_and_recovers(house: House, dovecot: Dovecot):
    await fetched(house, dovecot)
    await in_state(house, "ok")
    dovecot.stop()
    standing = await in_state(house, "error")
    assert standing.error
    dovecot.start()
    dovecot.deliver(letter(to=BOX).as_bytes())
    await arrived(house)
    assert (await in_state(house, "ok")).error is None


async def test_a_wrong_password_is_told_in_words_and_a_right_one_helps(
    house: House, dovecot: Dovecot
):
    await fetched(house, dovecot, password="wrong")
    standing = await in_state(house, "error")
    assert "refused the user or the password" in standing.error
    assert "wrong" not in standing.error.replace("wrong password", "")
    await fetched(house, dovecot)
    dovecot.deliver(letter(to=BOX).as_bytes())
    await arrived(house)


async def test_a_mailbox_that_is_switched_off_fetches_nothing(house: House, dovecot: Dovecot):
    await fetched(house, dovecot, active=False)
    dovecot.deliver(letter(to=BOX).as_bytes())
    assert (await in_state(house, "off")).error is None
    await fetched(house, dovecot)
    await arrived(house)


async def test_the_pace_never_polls_faster_than_every_30_seconds():
    assert Pace().poll_s >= 30
