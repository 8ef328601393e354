"""Where Alembic begins: it works on the connection that it was handed."""

from alembic import context

from warmline.storage.migrate import is_declared
from warmline.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    include_name=is_declared,
)
with context.begin_transaction():
    context.run_migrations()
