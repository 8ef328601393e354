"""The composition root: the only place that knows which implementation runs."""

from warmline.wiring.center import explained, ordered, wire
from warmline.wiring.demo import fill_demo, wire_demo
from warmline.wiring.foundation import lay_foundation

__all__ = ["explained", "fill_demo", "lay_foundation", "ordered", "wire", "wire_demo"]
