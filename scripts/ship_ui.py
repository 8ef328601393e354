"""Puts the built screens into the wheel; hatchling runs this while it builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ShipScreens(BuildHookInterface[Any]):
    """A wheel without screens is refused; an editable install reads `ui/dist` where it is."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds `ui/dist` as `warmline/web/dist` to everything but an editable install."""
        if self.target_name != "wheel" or version == "editable":
            return
        built = Path(__file__).resolve().parent.parent / "ui" / "dist"
        if not (built / "index.html").exists():
            raise FileNotFoundError(f"{built} holds no screens; run `make setup` first")
        build_data["force_include"][str(built)] = "warmline/web/dist"
