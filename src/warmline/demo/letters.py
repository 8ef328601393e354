"""Mail of customers to the center, by real SMTP."""

from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid

from aiosmtplib import SMTPException, send

from warmline.demo.sink import Letter

HOST = "127.0.0.1"
TIMEOUT_S = 20.0


class NotSent(Exception):
    """The receiver did not take the mail; says in which words."""


async def post(mail: EmailMessage, *, port: int) -> None:
    """Hand a mail to the center's receiver."""
    try:
        await send(mail, hostname=HOST, port=port, timeout=TIMEOUT_S, start_tls=False)
    except (SMTPException, OSError) as error:
        raise NotSent(str(error)) from error


def letter(*, name: str, address: str, to: str, subject: str, text: str) -> EmailMessage:
    """A new mail of a customer."""
    mail = EmailMessage()
    mail["From"] = formataddr((name, address)) if name else address
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = formatdate(localtime=True)
    mail["Message-ID"] = make_msgid(domain=address.rpartition("@")[2] or "mail.example")
    mail.set_content(text)
    return mail


def answer(before: Letter, *, name: str, text: str) -> EmailMessage:
    """A customer's answer to a mail of ours, threaded and quoting it as mail programs do."""
    subject = before.subject
    mail = letter(
        name=name,
        address=before.to,
        to=before.reply_to,
        subject=subject if subject.casefold().startswith("re:") else f"Re: {subject}",
        text=f"{text}\n\n" + "\n".join(f"> {line}" for line in before.text.splitlines()),
    )
    if before.message_id:
        mail["In-Reply-To"] = before.message_id
        mail["References"] = f"{before.references} {before.message_id}".strip()
    return mail
