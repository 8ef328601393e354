"""The relay: hands one mail to the SMTP server of the settings, and says what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import aiosmtplib

from warmline.channels.email import trust
from warmline.config import Settings

TIMEOUT_S = 60.0
CHECK_TIMEOUT_S = 15.0
ERROR_CHARS = 200
PERMANENT = 500
_CODES_OF_SIGN_IN = frozenset({530, 534, 535, 538})


class Later(Exception):
    """The relay did not take the mail now; `code` says why in one word."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail[:ERROR_CHARS])
        self.code = code
        self.detail = detail[:ERROR_CHARS]


class Never(Later):
    """The relay will not take this mail, however often it is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """The relay took the mail; not for these recipients: again later, or never."""

    later: Mapping[str, str] = field(default_factory=dict[str, str])
    never: Mapping[str, str] = field(default_factory=dict[str, str])


class Relay:
    """The way out. Without `smtp_out_host` in the settings there is none and mails wait."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @property
    def configured(self) -> bool:
        """Whether there is a way out."""
        return bool(self._settings.smtp_out_host)

    async def hand_over(self, sender: str, recipients: Sequence[str], content: bytes) -> Handed:
        """Give the mail to the relay; raises `Later` or `Never`."""
        try:
            async with self._client(TIMEOUT_S) as client:
                options = ["SMTPUTF8"] if not all(map(str.isascii, (sender, *recipients))) else []
                refused, _ = await client.sendmail(
                    sender, list(recipients), content, mail_options=options
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _all_refused(
                {one.recipient: (one.code, one.message) for one in error.recipients}
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._failure(error) from error
        return _handed({address: (said.code, said.message) for address, said in refused.items()})

    async def check(self) -> None:
        """Connect and sign in, as for a mail; raises `Later` or `Never` with what went wrong."""
        if not self.configured:
            raise Later("no_relay", "no relay for outgoing mail is set (smtp_out_host)")
        try:
            async with self._client(CHECK_TIMEOUT_S) as client:
                await client.noop()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._failure(error) from error

    def _client(self, timeout_s: float) -> aiosmtplib.SMTP:
        given = self._settings
        tls = given.smtp_out_tls
        return aiosmtplib.SMTP(
            hostname=given.smtp_out_host,
            port=given.smtp_out_port,
            username=given.smtp_out_user,
            password=given.smtp_out_password,
            use_tls=tls == "implicit",
            start_tls={"always": True, "never": False}.get(tls),
            tls_context=None if tls == "never" else trust.context(given.tls_ca_file),
            timeout=timeout_s,
        )

    def _failure(self, error: Exception) -> Later:
        """What went wrong, TLS first: the library says of it only that it could not connect."""
        broken = trust.cause_of(error)
        if broken is None:
            return _failure(error)
        return Later("tls_failed", trust.failure(broken, self._settings.smtp_out_host or ""))


def _handed(refused: Mapping[str, tuple[int, str]]) -> Handed:
    return Handed(
        later={one: _said(*why) for one, why in refused.items() if why[0] < PERMANENT},
        never={one: _said(*why) for one, why in refused.items() if why[0] >= PERMANENT},
    )


def _all_refused(refused: Mapping[str, tuple[int, str]]) -> Handed:
    """Nobody was accepted: all for good is `Never`, else whoever may be later is tried again."""
    handed = _handed(refused)
    if not handed.later:
        raise Never("recipient_refused", next(iter(handed.never.values()), "refused"))
    return handed


def _failure(error: Exception) -> Later:
    match error:
        case aiosmtplib.SMTPResponseException() if error.code in _CODES_OF_SIGN_IN:
            return Later("sign_in_refused", _said(error.code, error.message))
        case aiosmtplib.SMTPResponseException() if error.code >= PERMANENT and not isinstance(
            error, aiosmtplib.SMTPConnectResponseError | aiosmtplib.SMTPHeloError
        ):
            return Never("refused", _said(error.code, error.message))
        case aiosmtplib.SMTPResponseException():
            return Later("not_now", _said(error.code, error.message))
        case TimeoutError():
            return Later("timeout", "the relay did not answer in time")
        case aiosmtplib.SMTPServerDisconnected():
            return Later("disconnected", "the relay closed the connection")
        case _:
            return Later("unreachable", f"the relay cannot be reached: {error}")


def _said(code: int, message: str) -> str:
    return f"{code} {message}"[:ERROR_CHARS]
