"""The sample center: filled with a past, and played by simulated people."""

import secrets
import socket
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from warmline.config import Settings
from warmline.engine.reactions import ChannelReaction
from warmline.experience.surveys.reactions import SurveyReaction
from warmline.storage.migrate import migrate
from warmline.web.wired import Wired
from warmline.wiring.center import composed
from warmline.wiring.channels import open_channels
from warmline.wiring.foundation import lay_foundation
from warmline.wiring.running import reactions

if TYPE_CHECKING:  # a center that is no demonstration starts without loading one
    from warmline.demo.fill import Progress
    from warmline.demo.pace import Speed


async def fill_demo(settings: Settings, tell: "Progress", *, weeks: int | None = None) -> None:
    """Put the sample center with its past into an empty data folder."""
    from warmline.demo.fill import Empty, fill
    from warmline.demo.history import WEEKS

    base = lay_foundation(settings)
    try:
        await migrate(base.database)
        empty = Empty(
            site=base.site,
            clock=base.clock,
            database=base.database,
            journal=base.journal,
            reactions=reactions(base),
            channels=[
                *(ChannelReaction(one).name for one in open_channels(base).all()),
                SurveyReaction.name,
            ],
        )
        await fill(empty, tell, weeks=weeks or WEEKS)
    finally:
        await base.database.close()


def wire_demo(settings: Settings, sink: socket.socket, speed: "Speed") -> Wired:
    """The same center with a stage: simulated people come in by its doors, their mail is real."""
    from warmline.demo.door import is_simulated
    from warmline.demo.routes import demo_routes
    from warmline.demo.sink import Sink
    from warmline.demo.sockets import reached_at
    from warmline.demo.stage import House, Stage

    base = lay_foundation(settings)
    channels = open_channels(base)
    badge = secrets.token_urlsafe(24)
    wired = composed(base, channels, lambda request: is_simulated(request, badge))
    house = House(
        url=reached_at(settings.host, settings.port),
        site=base.site,
        clock=base.clock,
        database=base.database,
        engine=base.engine,
        submit=base.submit,
        security=base.security,
        smtp_port=lambda: channels.email.smtp_port,
        phones=channels.calling.board.agents,
        speak=channels.calling.prompts.wav_of if find_spec("aiortc") else None,
    )
    stage = Stage(house, Sink(sink, base.clock), badge=badge, speed=speed)
    return replace(
        wired,
        running=lambda: stage.playing(wired.running()),
        rooms=(*wired.rooms, demo_routes(stage, host=settings.host)),
    )
