"""The HTTP API of mailboxes and the outbox, by signed-in people."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.channels.email.post import letter
from tests.contracts.house import furniture, until
from tests.services.dovecot import Dovecot
from tests.services.smtp_sink import SmtpSink
from tests.web.center import Center, running_center
from warmline.channels.email.channel import EmailChannel
from warmline.channels.email.reading import Delivery
from warmline.channels.email.routes import mail_routes
from warmline.channels.email.tables import keep_receipt, mailbox
from warmline.core.words import Role, SiteId
from warmline.customers.directory import Directory
from warmline.security.privacy import OpenPersons
from warmline.storage.blobs import FolderBlobs
from warmline.storage.rows import rows

HELP = {"inbox": "letters", "address": "Help@Larkfold.example", "name": "Larkfold"}
API = "/api/v1"


@pytest.fixture
async def center(tmp_path: Path, smtp_sink: SmtpSink) -> AsyncIterator[Center]:
    relay: dict[str, Any] = {"smtp_out_host": smtp_sink.host, "smtp_out_port": smtp_sink.port}
    async with running_center(tmp_path / "data", smtp_out_tls="never", **relay) as center:
        for command in furniture():
            await center.engine.submit(command)
        await center.user("sue", Role.SUPERVISOR)
        await center.user("ada", Role.ADMINISTRATOR)
        await center.user("ann", Role.AGENT, agent="anna")
        yield center


@pytest.fixture(autouse=True)
async def channel(center: Center, tmp_path: Path) -> AsyncIterator[EmailChannel]:
    site = SiteId(center.settings.site)
    directory = Directory(center.database, site, center.clock)
    channel = EmailChannel(
        site=site,
        settings=center.settings,
        database=center.database,
        blobs=FolderBlobs(tmp_path / "blobs", limit_bytes=10_000_000),
        state=center.engine,
        clock=center.clock,
        customers=directory,
    )
    routes = mail_routes(
        channel=channel,
        state=center.engine,
        guard=center.wired.guard,
        audit=center.security.audit,
        privacy=OpenPersons(center.engine, center.clock, directory),
    )
    center.app.include_router(routes, prefix=API)
    listening = asyncio.create_task(channel.listen(center.engine.submit))
    yield channel
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@pytest.fixture
async def ada(center: Center) -> httpx.AsyncClient:
    return await center.signed_in("ada")


async def made(ada: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await ada.post(f"{API}/mailboxes", json={**HELP, **body})
    assert answer.status_code == 201, answer.text
    return answer.json()


def imap(dovecot: Dovecot, **more: Any) -> dict[str, Any]:
    return {
        "host": dovecot.host,
        "port": dovecot.port,
        "tls": "none",
        "user": dovecot.user,
        "password": dovecot.password,
        **more,
    }


async def test_a_mailbox_is_made_read_changed_and_removed_each_with_an_audit_row(
    center: Center, ada: httpx.AsyncClient
):
    one = await made(ada, id="help", auto_reply={"en": "We got it."})
    assert (one["address"], one["state"], one["reply_tokens"]) == (
        "help@larkfold.example",
        "waiting",
        True,
    )
    assert (await ada.get(f"{API}/mailboxes")).json() == [one]
    changed = await ada.put(f"{API}/mailboxes/help", json={**HELP, "name": "Help"})
    assert changed.json()["name"] == "Help"
    assert changed.json()["auto_reply"] == {}
    assert (await ada.delete(f"{API}/mailboxes/help")).status_code == 204
    assert (await ada.get(f"{API}/mailboxes/help")).status_code == 404
    page = await center.security.audit.page(equal={"kind": "mailbox"}, before=None, limit=10)
    assert [one.action for one in page] == ["removed", "changed", "created"]


async def test_a_password_is_sealed_and_never_told(
    center: Center, ada: httpx.AsyncClient, dovecot: Dovecot
):
    one = await made(ada, id="help", imap=imap(dovecot))
    assert one["imap"]["password_set"] is True
    assert dovecot.password not in str(one)
    async with center.database.read() as connection:
        [kept] = await rows(connection, mailbox.select())
    assert dovecot.password.encode() not in kept["imap_password"]
    page = await center.security.audit.page(equal={"kind": "mailbox"}, before=None, limit=10)
    assert dovecot.password not in str(page)
    assert page[0].after is not None
    assert page[0].after["password"] == "changed"
    given = imap(dovecot)
    del given["password"]
    kept_on = await ada.put(f"{API}/mailboxes/help", json={**HELP, "imap": given})
    assert kept_on.status_code == 200
    assert (await ada.post(f"{API}/mailboxes/help/test")).json()["imap"]["ok"] is True
    elsewhere = await ada.put(
        f"{API}/mailboxes/help", json={**HELP, "imap": {**given, "host": "other.example"}}
    )
    assert elsewhere.status_code == 400
    assert elsewhere.json()["errors"][0]["field"] == "imap.password"


async def test_the_test_says_in_words_what_does_not_work(
    ada: httpx.AsyncClient, dovecot: Dovecot, smtp_sink: SmtpSink
):
    await made(ada, id="help", active=False, imap=imap(dovecot, password="wrong"))
    found = (await ada.post(f"{API}/mailboxes/help/test")).json()
    assert found["smtp"] == {"ok": True, "detail": "connected and signed in"}
    assert "refused the user or the password" in found["imap"]["detail"]
    await ada.put(f"{API}/mailboxes/help", json={**HELP, "active": False, "imap": imap(dovecot)})
    assert (await ada.post(f"{API}/mailboxes/help/test")).json()["imap"]["ok"] is True
    smtp_sink.go_down()
    dovecot.stop()
    found = (await ada.post(f"{API}/mailboxes/help/test")).json()
    assert "cannot be reached" in found["imap"]["detail"]
    assert "cannot be reached" in found["smtp"]["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"inbox": "chat"}, "inbox"),
        ({"inbox": "nowhere"}, "inbox"),
        ({"address": "no address"}, "address"),
        ({"unknown": 1}, "unknown"),
        ({"imap": {"host": "a", "user": "b"}}, "imap.password"),
        ({"imap": {"host": "a", "user": "b\r\nX", "password": "c"}}, "imap.user"),
        ({"auto_reply": {"en": "x" * 5_000}}, "auto_reply.en"),
    ],
)
async def test_what_makes_no_sense_is_refused_with_its_field(
    ada: httpx.AsyncClient, body: dict[str, Any], field: str
):
    answer = await ada.post(f"{API}/mailboxes", json={**HELP, **body})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


async def test_an_address_belongs_to_one_mailbox(ada: httpx.AsyncClient):
    await made(ada)
    answer = await ada.post(f"{API}/mailboxes", json=HELP)
    assert (answer.status_code, answer.json()["code"]) == (409, "address_taken")


async def test_only_administrators_see_mailboxes_and_supervisors_the_outbox_too(center: Center):
    sue, ann = await center.signed_in("sue"), await center.signed_in("ann")
    assert (await center.browser().get(f"{API}/mailboxes")).status_code == 401
    assert (await sue.get(f"{API}/mailboxes")).status_code == 403
    assert (await sue.get(f"{API}/mail/outbox")).status_code == 200
    assert (await ann.get(f"{API}/mail/outbox")).status_code == 403


async def test_a_failed_mail_is_shown_and_leaves_when_it_is_tried_again(
    channel: EmailChannel, ada: httpx.AsyncClient, smtp_sink: SmtpSink
):
    await made(ada)
    smtp_sink.reply = "550 5.7.1 not today"
    # A transcript takes the same way as an answer, without a conversation around it.
    await channel.send("olga@mail.example", "Subject", "Text", "<p>Text</p>", "en")

    async def failed() -> Any:
        found = (await ada.get(f"{API}/mail/outbox")).json()
        return found["counts"].get("failed") and found["mails"]

    [mail] = await until("it failed", failed)
    assert (mail["code"], mail["error"]) == ("refused", "550 5.7.1 not today")
    smtp_sink.reply = "250 2.0.0 taken"
    assert (await ada.post(f"{API}/mail/outbox/{mail['id']}/retry")).status_code == 204
    await asyncio.to_thread(smtp_sink.wait_for_mails, 1)
    assert (await ada.post(f"{API}/mail/outbox/nothing/retry")).status_code == 404


async def test_mails_that_started_no_work_are_listed_with_their_reason(
    ada: httpx.AsyncClient, center: Center, channel: EmailChannel
):
    await made(ada, id="help", name="Larkfold")
    box = channel.mailboxes.one("help")
    assert box is not None
    to = "help@larkfold.example"
    away = letter("I am away.", to=to, Auto_Submitted="auto-replied")
    news = letter("News!", to=to, sender="news@list.example", List_Id="<news.list.example>")
    for mail in (away, news, letter("Where is my order?", to=to)):
        await channel.take(box, Delivery(raw=mail.as_bytes()))
        center.clock.ahead_ms += 1000
    flood = {"id": "flood", "mailbox": "gone", "at": 1, "kind": "person", "outcome": "stored"}
    async with center.database.write() as connection:
        rest = {"sender": "x", "interaction": "i-1", "raw": None}
        await connection.execute(keep_receipt(SiteId(center.settings.site), {**flood, **rest}))
    page = (await ada.get(f"{API}/ignored-mails", params={"limit": 2})).json()
    assert [(one["reason"], one["mailbox_name"], one["kept"]) for one in page["mails"]] == [
        ("list_or_bulk", "Larkfold", True),
        ("auto_reply", "Larkfold", True),
    ]
    assert page["more"] is True
    last = page["mails"][-1]
    rest = (await ada.get(f"{API}/ignored-mails", params={"before": last["id"]})).json()
    [flooded] = rest["mails"]
    assert rest["more"] is False
    assert (flooded["reason"], flooded["interaction"]) == ("too_many", "i-1")
    assert (flooded["mailbox_name"], flooded["kept"]) == (None, False)
    first = page["mails"][0]
    original = await ada.get(f"{API}/ignored-mails/{first['id']}/original")
    assert original.content == news.as_bytes()
    assert original.headers["content-disposition"].startswith("attachment")
    # Olga wrote herself, so she is a customer, and what she sends names her.
    refused = await ada.get(f"{API}/ignored-mails/{last['id']}/original")
    assert (refused.status_code, refused.json()["code"]) == (409, "masked")
    none = await ada.get(f"{API}/ignored-mails/flood/original")
    assert (none.status_code, none.json()["code"]) == (404, "unknown_mail")


async def test_ignored_mails_are_for_administrators(center: Center):
    for login in ("sue", "ann"):
        browser = await center.signed_in(login)
        assert (await browser.get(f"{API}/ignored-mails")).status_code == 403
