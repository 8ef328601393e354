"""What customers do with mail in the tests: write it, send it by SMTP, answer what they got."""

import asyncio
import smtplib
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any

from tests.contracts.house import HELP, House, until
from tests.services.smtp_sink import SmtpSink, TakenMail
from warmline.conversations.tables import message
from warmline.storage.rows import Row, row, rows

OLGA = "Ольга Иванова <olga@mail.example>"
OLGA_ADDRESS = "olga@mail.example"


def relay_settings(sink: SmtpSink) -> dict[str, Any]:
    return {
        "smtp_in_port": 0,
        "smtp_out_host": sink.host,
        "smtp_out_port": sink.port,
        "smtp_out_tls": "never",
        "undo_send_ms": 0,
    }


def letter(
    body: str = "Где мой заказ?",
    *,
    subject: str = "Заказ 17",
    sender: str = OLGA,
    to: str = HELP,
    **headers: str,
) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = make_msgid(domain="mail.example")
    for name, value in headers.items():
        del mail[name.replace("_", "-")]
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail


def reply(
    to: TakenMail, body: str, *, sender: str = OLGA, headers: bool = True, token: bool = True
) -> EmailMessage:
    """What a customer's program sends when they answer a mail of ours."""
    ours = to.message
    back_to = str(ours["Reply-To"] or ours["From"]) if token else str(ours["From"])
    mail = letter(body, subject=f"Re: {ours['Subject']}", sender=sender, to=back_to)
    if headers:
        mail["In-Reply-To"] = str(ours["Message-ID"])
        mail["References"] = f"{ours['References'] or ''} {ours['Message-ID']}".strip()
    return mail


async def port_of(house: House) -> int:
    return await until("the SMTP door", lambda: house.email.smtp_port)


async def send(
    house: House, mail: EmailMessage | bytes, *recipients: str, sender: str = OLGA_ADDRESS
) -> None:
    """Send by SMTP; raises what smtplib raises when the door says no."""
    port = await port_of(house)
    raw = mail if isinstance(mail, bytes) else mail.as_bytes()
    to = recipients or (
        (HELP,) if isinstance(mail, bytes) else (str(mail["To"]).rpartition("<")[2].rstrip(">"),)
    )

    def deliver() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
            client.sendmail(sender, list(to), raw)

    await asyncio.to_thread(deliver)


async def arrived(house: House, number: int = 1) -> list[str]:
    """The interactions that exist, once there are so many."""

    def enough() -> list[str]:
        found = [
            str(one.id)
            for one in house.engine.center().interactions.values()
            if one.inbox == "letters"
        ]
        return found if len(found) >= number else []

    return await until(f"{number} interactions", enough)


async def messages(house: House, interaction: str) -> list[Row]:
    query = message.select().where(message.c.interaction == interaction).order_by(message.c.seq)
    async with house.database.read() as connection:
        return list(await rows(connection, query))


async def one_message(house: House, id_: str) -> Row:
    async with house.database.read() as connection:
        found = await row(connection, message.select().where(message.c.id == id_))
    assert found is not None
    return found


async def in_state(house: House, id_: str, state: str) -> Row:
    async def there() -> Row | None:
        found = await one_message(house, id_)
        return found if found["state"] == state else None

    return await until(f"the message is {state}", there)


async def outbox(house: House) -> list[Any]:
    shown: Any = await house.email.outbox.shown()
    return shown["mails"]


async def mails(sink: SmtpSink, number: int) -> list[TakenMail]:
    return await asyncio.to_thread(sink.wait_for_mails, number)


def text_of(mail: TakenMail) -> str:
    body = mail.message.get_body()
    assert body is not None
    return body.get_content()
