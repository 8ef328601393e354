"""full-text search."""

from collections.abc import Sequence

from alembic import op

from warmline.storage import fulltext

revision: str = '0005'
down_revision: str | None = '0004'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    """Bring the database to this revision."""
    fulltext.make(op.get_bind())
    # What was said before is put into the index by the running center, in small steps.
    op.execute(
        "INSERT INTO search_fill (site, after, texts) SELECT DISTINCT site, '', 0 FROM message"
    )


def downgrade() -> None:
    """Take the revision back."""
    fulltext.drop(op.get_bind())
    op.execute('DELETE FROM search_fill')
