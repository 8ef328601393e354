"""Read by the process that splits off centers and workers: all they need, before it is needed."""

import gc
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.services.adapters import keep_adapters
from tests.services.passwords import hash_quickly
from warmline.config import Settings
from warmline.web.app import make_app
from warmline.wiring import wire

LATE = (
    "warmline.__main__",
    "warmline.channels.webrtc.media",
    "warmline.wiring.demo",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)
"""What a center reads only when it comes to it."""

keep_adapters()
hash_quickly()
for _module in LATE:
    import_module(_module)
with TemporaryDirectory() as _folder:
    make_app(wire(Settings(data=Path(_folder))))
gc.collect()
gc.freeze()
