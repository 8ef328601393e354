"""What callers hear, put together: the prompts, and where an exchange fetches them."""

from collections.abc import Sequence

from warmline.channels.voice.announcing import Announcements
from warmline.channels.voice.channel import VoiceChannel
from warmline.channels.voice.prompts import Prompts
from warmline.channels.voice.recordings import LARGEST_BYTES
from warmline.channels.voice.saying.espeak import Speech, found
from warmline.storage.blobs import FolderBlobs
from warmline.wiring.foundation import Foundation


def open_prompts(base: Foundation) -> Prompts:
    """The sounds of the center, spoken where there is an espeak-ng."""
    settings = base.settings
    return Prompts(
        site=base.site,
        database=base.database,
        blobs=FolderBlobs(settings.data / "blobs", limit_bytes=LARGEST_BYTES),
        clock=base.clock,
        speech=Speech(found(settings.espeak), look=lambda: found(settings.espeak)),
        url=(settings.asterisk_sounds_url or settings.url).rstrip("/"),
    )


def open_announcements(base: Foundation, voices: Sequence[VoiceChannel]) -> Announcements:
    """What those are told who wait, on all networks."""
    return Announcements(voices=voices, line=base.lines, state=base.engine, clock=base.clock)
