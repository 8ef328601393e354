import shutil
import smtplib
import subprocess
from email.message import EmailMessage

import pytest

from tests.services.smtp_sink import LATER, NEVER, TAKEN, SmtpSink


def mail(subject: str = "Заказ № 7") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", subject
    message.set_content("Gdzie jest moja paczka?\n")
    return message


def send(sink: SmtpSink, message: EmailMessage | None = None, timeout_s: float = 10) -> None:
    with smtplib.SMTP(sink.host, sink.port, timeout=timeout_s) as client:
        client.send_message(message or mail())


def test_a_taken_mail_is_kept_with_its_envelope(smtp_sink):
    send(smtp_sink)
    [taken] = smtp_sink.wait_for_mails(1)
    assert (taken.sender, taken.recipients) == ("a@example.org", ("b@example.org",))
    assert taken.message["Subject"] == "Заказ № 7"
    assert taken.message.get_content().rstrip() == "Gdzie jest moja paczka?"


@pytest.mark.parametrize(("reply", "code"), [(LATER, 451), (NEVER, 550)])
def test_a_refused_mail_is_counted_but_not_kept(smtp_sink, reply, code):
    smtp_sink.reply = reply
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(smtp_sink)
    assert refused.value.smtp_code == code
    assert (smtp_sink.mails, smtp_sink.attempts) == ([], 1)
    smtp_sink.reply = TAKEN
    send(smtp_sink)
    assert len(smtp_sink.mails) == 1


def test_a_recipient_can_be_refused(smtp_sink):
    smtp_sink.recipient_reply = NEVER
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(smtp_sink)
    smtp_sink.wait_for_attempts(1)
    assert smtp_sink.mails == []


def test_a_slow_server_makes_the_sender_give_up(smtp_sink):
    smtp_sink.delay_s = 30
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(smtp_sink, timeout_s=0.3)
    assert smtp_sink.mails == []


def test_a_closed_door_opens_again_on_the_same_port(smtp_sink):
    smtp_sink.go_down()
    with pytest.raises(ConnectionRefusedError):
        send(smtp_sink)
    smtp_sink.come_up()
    send(smtp_sink)
    assert len(smtp_sink.mails) == 1


def test_going_down_cuts_whoever_is_inside(smtp_sink):
    client = smtplib.SMTP(smtp_sink.host, smtp_sink.port, timeout=10)
    client.ehlo()
    smtp_sink.go_down()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.noop()
    client.close()


def test_swaks_hands_over_a_mail(smtp_sink):
    words = ["swaks", "--to", "desk@warmline.test", "--from", "a@example.org", "--body", "hello"]
    words += ["--server", smtp_sink.host, "--port", str(smtp_sink.port)]
    program = shutil.which("swaks")
    assert program, "swaks is not installed: run scripts/test_services.py"
    subprocess.run(words, executable=program, check=True, capture_output=True, timeout=30)
    [taken] = smtp_sink.mails
    assert taken.recipients == ("desk@warmline.test",)
