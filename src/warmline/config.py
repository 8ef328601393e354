"""The settings of one server: every default is stated here, no secret must be edited to start."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

FAULTS = ("", "raise", "hang", "nonsense")
ICE_SERVER = r"(stuns?|turns?):[^\s/?@]+(\?transport=(udp|tcp))?"
TLS_MODES = ("auto", "always", "implicit", "never")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this server runs; made once at the start from the command line and `WARMLINE_*`."""

    data: Path = Path("data")
    """The folder that holds everything."""
    host: str = "127.0.0.1"
    """The address to listen on."""
    port: int = 8080
    """The port of the web server."""
    public_url: str | None = None
    """The address under which browsers reach us; None means `http://HOST:PORT`."""
    site: str = "main"
    """The name of this center in its log; never change it once there is one."""
    region: str | None = None
    """The country (`PL`) of phone numbers without its code; None takes no such number."""
    demo: bool = False
    quiet: bool = False
    """Log only what is wrong."""
    smtp_in_host: str = "127.0.0.1"
    """The address on which the built-in mail receiver listens."""
    smtp_in_port: int | None = None
    """Port of the built-in mail receiver; None is off (the demo uses 2525), 0 is any free one."""
    smtp_out_host: str | None = None
    """The relay for outgoing mail; None keeps outgoing mail waiting."""
    smtp_out_port: int = 25
    smtp_out_user: str | None = None
    """The login at the relay; None signs in nowhere."""
    smtp_out_password: str | None = None
    smtp_out_tls: str = "auto"
    """`auto` (STARTTLS when offered), `always`, `implicit` or `never`."""
    tls_ca_file: Path | None = None
    """Certificates (PEM) that are believed of mail servers, beside the system's; None adds none."""
    sms_hook_url: str | None = None
    """Where text messages are handed over (a signed POST); None sends none."""
    sms_hook_secret: str | None = None
    """What those requests are signed with: `whsec_` and base64."""
    ice_servers: str = ""
    """Where browsers ask for a way to each other, as `stun:H:3478 turn:H:3478`; none by default."""
    turn_secret: str | None = None
    """The secret that a relay shares with us (`static-auth-secret` of coturn)."""
    relay_calls: int = 4
    """Browser calls that may be recorded or spoken into at one time; 0 is none."""
    asterisk_url: str | None = None
    """Where an Asterisk is steered, as `http://127.0.0.1:8088`; None carries no telephone calls."""
    asterisk_user: str = "warmline"
    """Our account in its `ari.conf`."""
    asterisk_password: str | None = None
    """Its password there."""
    asterisk_trunk: str = "trunk"
    """The name of its way to the telephone network, in its `pjsip.conf`."""
    asterisk_sounds_url: str | None = None
    """Where that Asterisk finds us to fetch what it plays; None is the address of browsers."""
    espeak: Path | None = None
    """The espeak-ng that speaks to callers; None takes the one that is found."""
    asterisk_sip_url: str | None = None
    """Where it takes SIP over a WebSocket; None means `/ws` beside `asterisk_url`."""
    mail_limit_bytes: int = 25 * 1024 * 1024
    """The largest mail that is taken."""
    file_limit_bytes: int = 10 * 1024 * 1024
    """The largest file in a chat or an answer."""
    import_limit_bytes: int = 256 * 1024 * 1024
    """The largest file of customers or orders, also once it is unpacked."""
    message_limit_chars: int = 10_000
    """The longest message of a chat."""
    inbox_limit: int = 10_000
    """Commands that may wait for the writer; new customers are refused at four fifths of it."""
    snapshot_events: int = 10_000
    """After how many events a snapshot is made, so that a restart is quick."""
    snapshot_ms: int = 60_000
    """After how long one is made when there was any event."""
    undo_send_ms: int = 10_000
    """How long a mail can be taken back before it leaves."""
    mood: bool = True
    """Estimate the mood and the topics of what customers write; never of agents."""
    session_hours: int = 12
    """How long somebody stays signed in at most; two idle hours end it as well."""
    chat_starts_per_minute: int = 30
    """Per address; the demo's own people are not counted."""
    chat_messages_per_minute: int = 120
    """Per chat."""
    faults: bool = False
    """Allow the fault switches, for drills."""
    fault_matcher: str = ""
    """A drill: the matcher does `raise`, `hang` or speak `nonsense`; the plain rule takes over."""

    @property
    def ice_urls(self) -> tuple[str, ...]:
        """The addresses in `ice_servers`."""
        return tuple(self.ice_servers.replace(",", " ").split())

    @property
    def url(self) -> str:
        """The address under which browsers reach us, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


def from_environment(**given: object) -> Settings:
    """The settings: what is given, else `WARMLINE_NAME` from the environment, else the default.

    Raises `ValueError` with a sentence for a value that makes no sense.
    """
    values = dict(given)
    for name, kind in Settings.__annotations__.items():
        text = os.environ.get(f"WARMLINE_{name.upper()}")
        if text is None or name in values:
            continue
        values[name] = _read(name, str(kind), text)
    settings = Settings(**values)  # type: ignore[arg-type]  # each has just been read by its kind
    if settings.smtp_out_tls not in TLS_MODES:
        raise ValueError(f"WARMLINE_SMTP_OUT_TLS must be one of {', '.join(TLS_MODES)}.")
    if settings.sms_hook_url is not None and not settings.sms_hook_secret:
        raise ValueError("WARMLINE_SMS_HOOK_URL needs WARMLINE_SMS_HOOK_SECRET.")
    _check_voice(settings)
    if settings.tls_ca_file is not None and not settings.tls_ca_file.is_file():
        raise ValueError(f"WARMLINE_TLS_CA_FILE: there is no file {settings.tls_ca_file}.")
    if settings.region is not None and not re.fullmatch("[A-Z]{2}", settings.region):
        raise ValueError("WARMLINE_REGION must be the two letters of a country, as PL.")
    if settings.fault_matcher not in FAULTS:
        raise ValueError("WARMLINE_FAULT_MATCHER must be raise, hang or nonsense.")
    if settings.fault_matcher and not settings.faults:
        raise ValueError("WARMLINE_FAULT_MATCHER is for drills: allow it with --faults.")
    return settings


def _check_voice(settings: Settings) -> None:
    if not all(re.fullmatch(ICE_SERVER, url) for url in settings.ice_urls):
        raise ValueError("WARMLINE_ICE_SERVERS must be addresses as stun:host:3478 turn:host:3478.")
    if settings.asterisk_url is not None:
        if not re.fullmatch(r"https?://[^\s/?#@]+/?", settings.asterisk_url):
            raise ValueError("WARMLINE_ASTERISK_URL must be an address as http://127.0.0.1:8088.")
        if not re.fullmatch(r"wss?://[^\s?#@]+", settings.asterisk_sip_url or "ws://h/ws"):
            raise ValueError("WARMLINE_ASTERISK_SIP_URL must be one as ws://127.0.0.1:8088/ws.")
        sounds = settings.asterisk_sounds_url or ""
        if sounds and not re.fullmatch(r"https?://[^\s,?#@]+", sounds):
            raise ValueError(
                "WARMLINE_ASTERISK_SOUNDS_URL must be an address, as http://10.0.0.5:8080."
            )
        if not settings.asterisk_password:
            raise ValueError("WARMLINE_ASTERISK_URL needs WARMLINE_ASTERISK_PASSWORD.")


def _read(name: str, kind: str, text: str) -> object:
    if "int" in kind:
        if not text.strip().isdecimal():
            raise ValueError(f"WARMLINE_{name.upper()} must be a whole number.")
        return int(text)
    if "bool" in kind:
        return text.strip().lower() in {"1", "true", "yes", "on"}
    return Path(text) if "Path" in kind else text
