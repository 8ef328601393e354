"""What everything that has to do with the calls of one network stands on."""

from dataclasses import dataclass

from warmline.channels.voice.memory import Calls
from warmline.channels.voice.network import VoiceNetwork
from warmline.channels.voice.recordings import Recordings
from warmline.core.words import SiteId
from warmline.ports import Clock, State
from warmline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The site, its network, and what is known of its calls."""

    site: SiteId
    network: VoiceNetwork
    database: Database
    state: State
    clock: Clock
    calls: Calls
    recordings: Recordings
    region: str | None = None
    """The country of numbers that come without one."""
