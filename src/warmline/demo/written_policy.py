"""The rules of the shop as the document that describes what is in force."""

from dataclasses import asdict

from sqlalchemy import insert

from warmline.core.state import Center
from warmline.core.words import Instant, SiteId
from warmline.demo import shop
from warmline.policies.model import Stage, Version
from warmline.policies.tables import policy_version
from warmline.policies.writing import in_force, written
from warmline.ports import Write

NAME = "Larkfold's rules"
COMMENT = "Orders of much money and cancellations count for more. Everything else is as usual."


def document(site: SiteId, center: Center, at: Instant) -> Write:
    """The version in force, written by the shop's administrator at `at`."""
    by = shop.ADMINISTRATOR.id
    version = Version(
        id="shop-policy",
        number=center.policy.version,
        name=NAME,
        text=written(in_force(center), name=NAME, comment=COMMENT),
        stage=Stage.PUBLISHED,
        tag=1,
        based_on=None,
        created_at=at,
        created_by=by,
        updated_at=at,
        updated_by=by,
        published_at=at,
        published_by=by,
    )
    row = {**asdict(version), "stage": version.stage.value, "site": site}
    return Write(statement=insert(policy_version), rows=[row])
