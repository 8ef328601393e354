import asyncio
import smtplib
from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.channels.email.post import (
    OLGA,
    OLGA_ADDRESS,
    arrived,
    in_state,
    letter,
    mails,
    messages,
    one_message,
    outbox,
    reply,
    send,
    text_of,
)
from tests.contracts.house import ANNA, HELP, House, new, until, who
from tests.services.smtp_sink import LATER, NEVER, TAKEN, SmtpSink
from warmline.conversations import writes
from warmline.conversations.model import File
from warmline.conversations.tables import file
from warmline.core import commands as c
from warmline.core import events as e
from warmline.core.settings import Inbox, Situation
from warmline.core.words import (
    SYSTEM,
    AgentId,
    CalendarId,
    InboxId,
    InteractionId,
    Medium,
    MessageId,
    QueueId,
    SiteId,
    Verification,
)
from warmline.customers.tables import customer
from warmline.storage.rows import rows


async def taken(house: House, mail=None) -> str:
    """A mail came and Anna has it."""
    await send(house, mail or letter())
    [interaction] = await arrived(house)
    await house.comes()
    await house.takes(interaction)
    return interaction


async def test_a_mail_by_smtp_begins_an_interaction_with_its_customer_and_language(house: House):
    await send(house, letter("Где мой заказ?\n\n-- \nОльга"))
    [event] = await house.log(e.Arrived)
    assert (event.inbox, event.language, event.verification) == (
        "letters",
        "ru",
        Verification.MATCHED,
    )
    assert await house.customers.names([event.customer]) == {event.customer: "Ольга Иванова"}
    [said] = await messages(house, event.interaction)
    assert said["text"] == "Где мой заказ?"
    assert said["original_text"].endswith("Ольга")
    assert said["email"]["from"] == OLGA
    assert said["email"]["quoted"] is True
    raw = await house.blobs.get(said["original_blob"])
    assert b"Message-ID" in raw
    assert b"X-Original-To" not in raw


async def test_the_same_mail_twice_does_nothing_twice_also_after_a_restart(house: House):
    mail = letter()
    await send(house, mail)
    await send(house, mail)
    await house.restart()
    await send(house, mail)
    assert len(await house.log(e.Arrived)) == 1
    assert len(await house.log(e.MessageReceived)) == 1


async def test_two_mails_without_a_message_id_are_told_apart_by_their_content(house: House):
    one, two = letter("First"), letter("Second")
    for mail in (one, two):
        del mail["Message-ID"]
        mail.replace_header("Subject", mail.get_content().strip())
    for mail in (one, two, one):
        await send(house, mail)
    assert len(await house.log(e.Arrived)) == 2


async def test_an_answer_arrives_threaded_and_its_answer_joins_the_interaction(
    house: House, smtp_sink: SmtpSink
):
    first = letter()
    interaction = await taken(house, first)
    answer = await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    assert ours.recipients == (OLGA_ADDRESS,)
    assert ours.sender == HELP
    assert ours.message["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] in ours.message["References"]
    assert ours.message["Subject"] == "Re: Заказ 17"
    assert ours.message["Reply-To"].startswith("Larkfold <reply+")
    body = text_of(ours)
    assert body.startswith("Он уже в пути.")
    assert "> Где мой заказ?" in body
    await in_state(house, answer, "delivered")
    assert await outbox(house) == []
    await send(house, reply(ours, "Спасибо!\n\n> Он уже в пути."))
    said = await messages(house, interaction)
    assert [one["text"] for one in said] == ["Где мой заказ?", "Он уже в пути.", "Спасибо!"]
    assert said[-1]["email"]["to"] == [HELP]
    assert len(await house.log(e.Arrived)) == 1
    second = await house.writes(interaction, "Пожалуйста!")
    [_, ours] = await mails(smtp_sink, 2)
    assert ours.message["In-Reply-To"] == said[-1]["email"]["message_id"]
    assert f"wl.{answer}@" in ours.message["References"]
    await in_state(house, second, "delivered")


@pytest.mark.parametrize(("headers", "token"), [(True, False), (False, True), (False, False)])
async def test_an_answer_finds_its_interaction_by_each_sign_alone(
    house: House, smtp_sink: SmtpSink, headers: bool, token: bool
):
    interaction = await taken(house)
    await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    await send(house, reply(ours, "Спасибо!", headers=headers, token=token))
    assert [one["text"] for one in await messages(house, interaction)][-1] == "Спасибо!"


async def test_an_answer_after_the_end_begins_anew_with_the_agent_of_last_time(
    house: House, smtp_sink: SmtpSink
):
    interaction = await taken(house)
    await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    await house.ends(interaction)
    await house.caught_up()
    await send(house, reply(ours, "Он не пришёл!"))
    second = (await house.log(e.Arrived))[-1]
    assert (second.follows, second.preferred) == (interaction, ANNA)
    await house.takes(second.interaction)
    await send(house, reply(ours, "И ещё раз.", token=True))
    assert len(await messages(house, second.interaction)) == 2


async def test_a_reply_to_all_comes_once_although_two_of_our_addresses_get_it(
    house: House, smtp_sink: SmtpSink
):
    await house.opens_mailbox("workshop@larkfold.example")
    interaction = await taken(house)
    await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    mail = reply(ours, "Спасибо!")
    mail["Cc"] = "workshop@larkfold.example"
    token = str(mail["To"]).rpartition("<")[2].rstrip(">")
    await send(house, mail, token, "workshop@larkfold.example", HELP)
    assert len(await messages(house, interaction)) == 3
    assert len(await house.log(e.Arrived)) == 1


async def test_files_come_in_and_go_out(house: House, smtp_sink: SmtpSink):
    mail = letter()
    mail.add_attachment(
        b"%PDF-1.7 order", maintype="application", subtype="pdf", filename="заказ.pdf"
    )
    interaction = await taken(house, mail)
    async with house.database.read() as connection:
        [kept] = await rows(connection, file.select().where(file.c.interaction == interaction))
    assert (kept["name"], kept["media_type"], kept["size"]) == ("заказ.pdf", "application/pdf", 14)
    assert await house.blobs.get(kept["blob"]) == b"%PDF-1.7 order"
    given = File(
        id="f-1",
        name="счёт.pdf",
        media_type="application/pdf",
        size=4,
        blob=await house.blobs.put(b"%PDF"),
        at=house.clock.now(),
    )
    await house.writes(interaction, "Вот счёт.", files=(given,))
    [ours] = await mails(smtp_sink, 1)
    [attached] = ours.message.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("счёт.pdf", b"%PDF")


async def test_a_bounce_marks_the_message_failed_and_is_kept_with_it(
    house: House, smtp_sink: SmtpSink
):
    interaction = await taken(house)
    answer = await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    await in_state(house, answer, "delivered")
    report = (
        b"From: MAILER-DAEMON@mx.mail.example\r\nTo: help@larkfold.example\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <b1@mx.mail.example>\r\n"
        b'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.mail.example\r\n\r\n"
        b"Final-Recipient: rfc822; olga@mail.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + ours.content + b"\r\n--b--\r\n"
    )
    await send(house, report, sender="")
    failed = await in_state(house, answer, "failed")
    assert failed["error"] == "bounced"
    assert [one.code for one in await house.log(e.MessageFailed)] == ["bounced"]
    assert len(await messages(house, interaction)) == 3
    assert len(await house.log(e.MessageReceived)) == 1


async def test_an_automatic_answer_starts_nothing_and_is_kept_with_its_talk(
    house: House, smtp_sink: SmtpSink
):
    await send(house, letter("Я в отпуске.", Auto_Submitted="auto-replied"))
    assert await house.log(e.Arrived) == []
    interaction = await taken(house)
    await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    away = reply(ours, "Я в отпуске.")
    away["Auto-Submitted"] = "auto-replied"
    await send(house, away)
    said = await messages(house, interaction)
    assert said[-1]["email"]["automatic"] is True
    assert len(await house.log(e.MessageReceived)) == 1
    assert house.open(interaction).unanswered_since is None


async def test_a_list_mail_and_our_own_mail_coming_back_start_nothing(
    house: House, smtp_sink: SmtpSink
):
    await send(house, letter("News!", List_Id="<news.mail.example>"))
    interaction = await taken(house)
    await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    await send(house, ours.content, HELP)
    assert len(await house.log(e.Arrived)) == 1
    assert len(await house.log(e.MessageReceived)) == 1


async def test_an_acknowledgement_goes_out_once_and_the_loop_it_could_make_stops(
    house: House, smtp_sink: SmtpSink
):
    await house.opens_mailbox(
        "ack@larkfold.example", auto_reply={"en": "We got it.", "ru": "Мы получили ваше письмо."}
    )
    await send(house, letter(to="ack@larkfold.example"))
    [ack] = await mails(smtp_sink, 1)
    assert ack.message["Auto-Submitted"] == "auto-replied"
    assert ack.sender in {"", "<>"}
    assert text_of(ack).strip() == "Мы получили ваше письмо."
    robot = ack
    for number in range(30):  # a robot that answers everything and does not say that it is one
        await send(house, reply(robot, f"Ticket {number} received", headers=False, token=False))
        mail = letter(f"Ticket {number}", subject=f"Ticket {number}", to="ack@larkfold.example")
        await send(house, mail)
    assert len(await house.log(e.Arrived)) <= 21
    assert len(smtp_sink.mails) <= 5


async def test_a_closed_queue_acknowledges_in_its_own_words(house: House, smtp_sink: SmtpSink):
    await house.opens_mailbox("ack@larkfold.example", auto_reply={"en": "We got it."})
    words = {Situation.CLOSED: {"en": "Back at nine.", "ru": "Откроемся в девять."}}
    open_ = replace(house.engine.center().queues[QueueId("mail")], words=words)
    shut = replace(open_, calendar=CalendarId("later"))
    for queue, subject in ((open_, "Open"), (shut, "Shut")):
        await house.give(c.DefineQueue(id=new(), by=SYSTEM, queue=queue))
        await send(house, letter(subject=subject, to="ack@larkfold.example"))
    acks = await mails(smtp_sink, 2)
    assert {one.message["Subject"]: text_of(one).strip() for one in acks} == {
        "Re: Open": "We got it.",
        "Re: Shut": "Откроемся в девять.",
    }


async def test_a_mail_goes_to_the_customers_own_contact_before_the_agent_of_last_time(
    house: House, smtp_sink: SmtpSink
):
    interaction = await taken(house)
    await house.writes(interaction, "Он уже в пути.")
    [ours] = await mails(smtp_sink, 1)
    await house.ends(interaction)
    await house.caught_up()
    await house.comes(AgentId("boris"))
    async with house.database.write() as connection:
        await connection.execute(update(customer).values(owner_agent="boris"))
    await send(house, reply(ours, "Он не пришёл!"))
    last = (await house.log(e.Queued))[-1]
    assert (last.preferred, last.preferred_why) == ("boris", "owner")


async def test_a_mail_of_a_machine_is_never_acknowledged(house: House, smtp_sink: SmtpSink):
    await house.opens_mailbox("ack@larkfold.example", auto_reply={"en": "We got it."})
    await send(house, letter(to="ack@larkfold.example", Precedence="bulk"))
    await send(house, letter(to="ack@larkfold.example", sender=f"Us <{HELP}>"))
    assert await outbox(house) == []
    assert smtp_sink.mails == []


async def test_while_the_relay_is_down_mail_waits_visibly_and_leaves_once_it_is_up(
    house: House, smtp_sink: SmtpSink
):
    interaction = await taken(house)
    smtp_sink.go_down()
    answer = await house.writes(interaction, "Он уже в пути.")

    async def tried():
        found = await outbox(house)
        return found and found[0]["attempts"] >= 2 and found[0]

    waiting = await until("two attempts", tried)
    assert waiting["code"] == "unreachable"
    assert "cannot be reached" in waiting["error"]
    smtp_sink.come_up()
    await in_state(house, answer, "delivered")
    assert len(smtp_sink.mails) == 1
    assert await outbox(house) == []


async def test_a_temporary_refusal_is_tried_again_and_sent_once(house: House, smtp_sink: SmtpSink):
    interaction = await taken(house)
    smtp_sink.reply = LATER
    answer = await house.writes(interaction, "Он уже в пути.")
    await asyncio.to_thread(smtp_sink.wait_for_attempts, 2)
    smtp_sink.reply = TAKEN
    await in_state(house, answer, "delivered")
    assert len(smtp_sink.mails) == 1


@pytest.mark.parametrize("at", ["recipient", "data"])
async def test_a_refusal_for_good_fails_at_once_and_can_be_tried_again_by_hand(
    house: House, smtp_sink: SmtpSink, at: str
):
    interaction = await taken(house)
    if at == "recipient":
        smtp_sink.recipient_reply = NEVER
    else:
        smtp_sink.reply = NEVER
    answer = await house.writes(interaction, "Он уже в пути.")
    await in_state(house, answer, "failed")
    assert smtp_sink.attempts == 1
    [failed] = await outbox(house)
    assert failed["state"] == "failed"
    assert "550" in failed["error"]
    smtp_sink.recipient_reply, smtp_sink.reply = None, TAKEN
    assert await house.email.outbox.retry(answer)
    await in_state(house, answer, "delivered")
    assert len(smtp_sink.mails) == 1


async def test_a_mail_taken_back_in_time_does_not_leave(house: House, smtp_sink: SmtpSink):
    interaction = await taken(house)
    later = house.clock.now() + 60_000
    regretted = await house.writes(interaction, "Ой", send_after=later)
    kept = await house.writes(interaction, "Он уже в пути.")
    await house.caught_up()
    assert [one["id"] for one in await outbox(house)] == [regretted] or len(
        await outbox(house)
    ) == 2
    await house.give(
        c.Unsend(
            id=new(),
            by=who(ANNA),
            interaction=InteractionId(interaction),
            message=regretted,
        ),
        writes.unsent(SiteId("main"), MessageId(regretted)),
    )
    await house.caught_up()
    await in_state(house, kept, "delivered")
    assert (await one_message(house, regretted))["state"] == "unsent"
    assert await outbox(house) == []
    assert len(smtp_sink.mails) == 1


async def test_what_waits_leaves_after_a_restart_once(house: House, smtp_sink: SmtpSink):
    interaction = await taken(house)
    smtp_sink.go_down()
    answer = await house.writes(interaction, "Он уже в пути.")
    await house.caught_up()
    await house.restart()
    smtp_sink.come_up()
    await house.reconcile()
    await in_state(house, answer, "delivered")
    await house.reconcile()
    await house.caught_up()
    assert len(smtp_sink.mails) == 1


async def test_a_mail_that_was_on_its_way_when_the_server_ended_has_the_same_message_id(
    house: House, smtp_sink: SmtpSink
):
    interaction = await taken(house)
    smtp_sink.delay_s = 30
    answer = await house.writes(interaction, "Он уже в пути.")

    async def on_its_way():
        return [one for one in await outbox(house) if one["state"] == "sending"]

    await until("the handing over", on_its_way)
    await house.restart()
    smtp_sink.delay_s = 0
    await house.reconcile()
    await in_state(house, answer, "delivered")
    assert {one.message["Message-ID"] for one in smtp_sink.mails} == {
        f"<wl.{answer}@larkfold.example>"
    }


async def test_a_message_that_lost_its_row_gets_one(house: House, smtp_sink: SmtpSink):
    interaction = await taken(house)
    await house.reactions.stop()
    answer = await house.writes(interaction, "Он уже в пути.")
    assert await outbox(house) == []
    await house.reconcile()
    await mails(smtp_sink, 1)
    await house.reactions.start()
    await in_state(house, answer, "delivered")


async def test_without_a_relay_mail_waits_and_says_so(tmp_path, smtp_sink: SmtpSink):
    from tests.contracts.house import open_house

    async with open_house(tmp_path / "data", smtp_in_port=0, undo_send_ms=0) as house:
        interaction = await taken(house)
        await house.writes(interaction, "Он уже в пути.")
        await house.caught_up()
        shown = await house.email.outbox.shown()
        assert shown["relay"] is False
        assert shown["counts"] == {"waiting": 1}


async def test_a_transcript_goes_out_and_is_forgotten(house: House, smtp_sink: SmtpSink):
    await house.email.send(
        OLGA_ADDRESS, "Ваш разговор", "Здравствуйте", "<p>Здравствуйте</p>", "ru"
    )
    [ours] = await mails(smtp_sink, 1)
    assert ours.message["Subject"] == "Ваш разговор"
    assert ours.recipients == (OLGA_ADDRESS,)

    async def empty():
        return (await outbox(house)) == []

    await until("the outbox is empty", empty)


async def test_the_door_refuses_strangers_giants_and_what_is_no_mail(house: House):
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await send(house, letter(to="nobody@larkfold.example"))
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await send(house, letter(to="reply+abc.aaaaaaaaaaaaaaaa@larkfold.example"))
    with pytest.raises(smtplib.SMTPResponseException) as refused:
        await send(house, b"Subject: x\r\n\r\n" + b"x" * (26 * 1024 * 1024))
    assert refused.value.smtp_code == 552
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await send(house, b"this is no mail\r\n")
    assert refused.value.smtp_code == 554
    deep = b"From: a@b.example\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(60)
    )
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await send(house, deep + b"\r\nx\r\n")
    assert refused.value.smtp_code == 554
    assert await house.log(e.Arrived) == []


async def test_a_letter_to_a_closed_queue_is_taken_and_waits(house: House):
    inbox = Inbox(id=InboxId("letters"), name="Mail", medium=Medium.EMAIL, queue=QueueId("night"))
    await house.give(c.DefineInbox(id=new(), inbox=inbox))
    await send(house, letter())
    assert [event.inbox for event in await house.log(e.Arrived)] == ["letters"]


async def test_while_the_center_does_not_listen_the_sender_keeps_the_mail(house: House):
    await house.engine.stop()
    with pytest.raises(smtplib.SMTPDataError) as refused:
        await send(house, letter())
    assert refused.value.smtp_code == 451
    await house.restart()
    await send(house, letter())
    assert len(await house.log(e.Arrived)) == 1


async def test_dots_and_long_lines_come_through_the_door_unchanged(house: House):
    body = "." + "\r\n..two\r\n" + "x" * 20_000 + "\r\n.\r\nend."
    mail = b"From: a@mail.example\r\nMessage-ID: <d@mail.example>\r\n\r\n" + body.encode()
    port = house.email.smtp_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    stuffed = b"\r\n".join(
        b"." + line if line.startswith(b".") else line for line in mail.split(b"\r\n")
    )
    writer.write(
        b"EHLO x\r\nMAIL FROM:<a@mail.example>\r\nRCPT TO:<" + HELP.encode() + b">\r\nDATA\r\n"
    )
    await writer.drain()
    while not (await reader.readline()).startswith(b"354"):
        pass
    writer.write(stuffed + b"\r\n.\r\nQUIT\r\n")
    assert (await reader.readline()).startswith(b"250")
    assert (await reader.readline()).startswith(b"221")
    writer.close()
    await writer.wait_closed()
    [interaction] = await arrived(house)
    [said] = await messages(house, interaction)
    assert await house.blobs.get(said["original_blob"]) == mail + b"\r\n"
