"""an identifier may belong to several customers, and says how it was proven."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0003'
down_revision: str | None = '0002'
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

SURE = "kind IN ('login', 'external') AND verification = 'verified'"


def upgrade() -> None:
    """Bring the database to this revision."""
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.add_column(sa.Column('method', sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column('verified_at', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('verified_by', sa.String(length=128), nullable=True))
        batch_op.drop_constraint('pk_identifier', type_='primary')
        batch_op.create_primary_key('pk_identifier', ['site', 'kind', 'value', 'customer'])
    # After the table was made anew: SQLite would lose the condition when it copies the index.
    op.create_index(
        'uq_identifier_identity', 'identifier', ['site', 'kind', 'value'], unique=True,
        sqlite_where=sa.text(SURE), postgresql_where=sa.text(SURE),
    )
    op.execute(
        "UPDATE identifier SET method = CASE source"
        " WHEN 'webchat' THEN CASE verification WHEN 'verified' THEN 'signed' ELSE 'said' END"
        " ELSE 'channel' END, verified_at = created_at WHERE verification <> 'unknown'"
    )


def downgrade() -> None:
    """Take this revision back: of several owners of one value the surest, oldest stays."""
    op.drop_index('uq_identifier_identity', table_name='identifier')
    level = "CASE {0}.verification WHEN 'verified' THEN 3 WHEN 'matched' THEN 2 ELSE 1 END"
    theirs, others = level.format('identifier'), level.format('other')
    op.execute(
        "DELETE FROM identifier WHERE EXISTS (SELECT 1 FROM identifier AS other"
        " WHERE other.site = identifier.site AND other.kind = identifier.kind"
        " AND other.value = identifier.value AND other.customer <> identifier.customer"
        f" AND ({others} > {theirs} OR ({others} = {theirs}"
        " AND (other.created_at < identifier.created_at OR (other.created_at ="
        " identifier.created_at AND other.customer < identifier.customer)))))"
    )
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.drop_constraint('pk_identifier', type_='primary')
        batch_op.create_primary_key('pk_identifier', ['site', 'kind', 'value'])
        batch_op.drop_column('verified_by')
        batch_op.drop_column('verified_at')
        batch_op.drop_column('method')
