"""What the room of value asks of others."""

from collections.abc import Mapping
from typing import Protocol

from warmline.core.words import Actor
from warmline.ports import Write


class SettingAudit(Protocol):
    """A row of the audit about a changed setting, with what it was and what it is."""

    def __call__(
        self,
        actor: Actor,
        action: str,
        kind: str,
        item: str,
        *,
        before: Mapping[str, object] | None,
        after: Mapping[str, object] | None,
    ) -> Write: ...
