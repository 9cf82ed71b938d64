"""Which agent spoke, as several may be on a call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the name; of earlier turns it is not known."""
    with op.batch_alter_table("turns") as turns:
        turns.add_column(sa.Column("agent_name", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Forget the names."""
    with op.batch_alter_table("turns") as turns:
        turns.drop_column("agent_name")
