"""What an Asterisk must be told to work for a center, as the text of its own files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from warmline.channels.asterisk.words import APP, INBOUND, PHONE, PUSHED

MODULES = """
pbx_config res_sorcery_config res_sorcery_memory res_sorcery_astdb res_timing_timerfd
res_http_websocket res_websocket_client res_pjproject res_pjsip res_pjsip_session
res_pjsip_sdp_rtp res_pjsip_registrar res_pjsip_authenticator_digest
res_pjsip_outbound_registration res_pjsip_outbound_authenticator_digest
res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_ip res_pjsip_caller_id
res_pjsip_dtmf_info res_pjsip_rfc3326 res_pjsip_refer res_pjsip_nat res_pjsip_pubsub
res_pjsip_transport_websocket res_pjsip_header_funcs chan_pjsip res_rtp_asterisk res_srtp
res_musiconhold bridge_simple bridge_native_rtp bridge_softmix bridge_holding
bridge_builtin_features codec_ulaw codec_alaw codec_resample format_wav format_pcm
res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop
app_stasis chan_bridge_media res_ari_model res_ari res_ari_applications res_ari_asterisk
res_ari_bridges res_ari_channels res_ari_endpoints res_ari_events res_ari_playbacks
res_ari_recordings res_ari_sounds res_curl func_curl res_http_media_cache
func_callerid func_channel func_logic
"""
"""What an Asterisk must have loaded; one that loads all it has (`autoload`) has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An Asterisk as a center wants it: its doors, its way to the telephone network, its phones."""

    password: str
    """Of the account by which the center steers it."""
    user: str = "warmline"
    app: str = APP
    host: str = "127.0.0.1"
    """Where its HTTP door listens; the center must reach it, nobody else should."""
    http_port: int = 8088
    sip_host: str = "0.0.0.0"  # noqa: S104 — telephones and the provider are elsewhere
    sip_port: int = 5060
    media_host: str | None = None
    """The one address for sound; None leaves the choice to Asterisk."""
    trunk: str = "trunk"
    """The name of the way to the telephone network."""
    provider: str = "sip.provider.example"
    """Where calls to numbers are sent: a host, with `:port` when it is not 5060."""
    provider_hosts: tuple[str, ...] = ()
    """From where the provider calls; none means from `provider`."""
    provider_user: str | None = None
    """The login at the provider; None for one that knows us by our address."""
    provider_password: str = ""
    phones: Mapping[str, str] = field(default_factory=dict[str, str])
    """The passwords of agents' phones by agent."""


def files(exchange: Exchange) -> Mapping[str, str]:
    """The text of each file by its name; `ValueError` for what would not stand in one."""
    for text in _all_words(exchange):
        if any(sign in text for sign in "\n\r;[]"):
            raise ValueError(f"No line break, semicolon or bracket can stand in {text!r}.")
    return MappingProxyType(
        {
            "http.conf": _http(exchange),
            "ari.conf": _ari(exchange),
            "modules.conf": _modules(),
            "extensions.conf": _extensions(exchange),
            "pjsip.conf": _pjsip(exchange),
            "sorcery.conf": _sorcery(),
        }
    )


def _all_words(exchange: Exchange) -> list[str]:
    words = [exchange.password, exchange.user, exchange.app, exchange.host, exchange.sip_host]
    words += [exchange.trunk, exchange.provider, *exchange.provider_hosts]
    words += [exchange.provider_user or "", exchange.provider_password, exchange.media_host or ""]
    return words + [word for phone in exchange.phones.items() for word in phone]


def _http(exchange: Exchange) -> str:
    return _section(
        "general",
        enabled="yes",
        bindaddr=exchange.host,
        bindport=str(exchange.http_port),
        sessionlimit="500",
    )


def _ari(exchange: Exchange) -> str:
    return _section(
        "general", enabled="yes", pretty="no", websocket_write_timeout="1000"
    ) + _section(exchange.user, type="user", password=exchange.password, read_only="no")


def _modules() -> str:
    lines = "".join(f"load = {module}.so\n" for module in MODULES.split())
    return f"; Only where not everything is loaded anyhow (autoload = yes).\n[modules]\n{lines}"


def _extensions(exchange: Exchange) -> str:
    return f"""\
; Every call that comes in by the trunk is handed to the center.
[warmline-inbound]
exten => _[+0-9a-zA-Z].,1,Stasis({exchange.app},{INBOUND})
 same => n,GotoIf($["${{STASISSTATUS}}" = "FAILED"]?warmline-away,s,1)
 same => n,Hangup()

; The center does not answer: what callers get then. Put your own queue or voicemail here.
[warmline-away]
exten => s,1,Busy(10)

; What phones of agents may dial by themselves: nothing, the center rings them.
[warmline-phones]
"""


def _pjsip(exchange: Exchange) -> str:
    media: dict[str, str] = {}
    if exchange.media_host:
        media = {"media_address": exchange.media_host, "bind_rtp_to_media_address": "yes"}
    sound = {"disallow": "all", "allow": "alaw,ulaw", "direct_media": "no", **media}
    parts = [
        "; Leave out what you have already: [global] and a transport of your own.\n",
        _section("global", type="global", endpoint_identifier_order="ip,username"),
        _section(
            "udp",
            type="transport",
            protocol="udp",
            bind=f"{exchange.sip_host}:{exchange.sip_port}",
        ),
        "; By this one the phones in browsers come, through the center; it listens nowhere.\n",
        _section("ws", type="transport", protocol="ws", bind=exchange.host),
        *_trunk(exchange, sound),
    ]
    for agent, password in exchange.phones.items():
        parts += _phone(PHONE.format(agent=agent), password, sound)
    return "\n".join(parts)


def _sorcery() -> str:
    kinds = "".join(
        f"{kind} = config,pjsip.conf,criteria=type={kind}\n{kind} = memory\n" for kind in PUSHED
    )
    return f"""\
; The center makes the phones of browsers while their agents are signed in, and nothing of them
; is written anywhere. Where [res_pjsip] stands already, add the lines with `memory`.
[res_pjsip]
{kinds}"""


def _trunk(exchange: Exchange, sound: Mapping[str, str]) -> list[str]:
    name, login = exchange.trunk, {}
    if exchange.provider_user:
        login = {"outbound_auth": f"{name}-login", "from_user": exchange.provider_user}
    parts = [
        _section(
            name,
            type="endpoint",
            context="warmline-inbound",
            aors=name,
            dtmf_mode="rfc4733",
            trust_id_inbound="yes",
            send_pai="yes",
            send_connected_line="no",  # else each caller's call is negotiated again at every turn
            rtp_timeout="30",
            **login,
            **sound,
        ),
        _section(name, type="aor", contact=f"sip:{exchange.provider}"),
        _section(
            f"{name}-known-by",
            type="identify",
            endpoint=name,
            match=",".join(exchange.provider_hosts or (exchange.provider.split(":")[0],)),
        ),
    ]
    if exchange.provider_user:
        account = {"username": exchange.provider_user, "password": exchange.provider_password}
        parts += [
            _section(f"{name}-login", type="auth", auth_type="userpass", **account),
            _section(
                f"{name}-registration",
                type="registration",
                transport="udp",
                outbound_auth=f"{name}-login",
                server_uri=f"sip:{exchange.provider}",
                client_uri=f"sip:{exchange.provider_user}@{exchange.provider}",
            ),
        ]
    return parts


def _phone(name: str, password: str, sound: Mapping[str, str]) -> list[str]:
    return [
        _section(
            name,
            type="endpoint",
            context="warmline-phones",
            aors=name,
            auth=name,
            dtmf_mode="rfc4733",
            rtp_timeout="30",
            rtp_timeout_hold="300",
            **sound,
        ),
        _section(name, type="auth", auth_type="userpass", username=name, password=password),
        _section(name, type="aor", max_contacts="1", remove_existing="yes", qualify_frequency="30"),
    ]


def _section(name: str, **lines: str) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())
