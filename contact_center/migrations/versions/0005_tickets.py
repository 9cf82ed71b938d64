"""Whose ticket it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a ticket have an owner."""
    op.add_column("tickets", sa.Column("owner", sa.String(length=100), nullable=True))


def downgrade() -> None:
    """Forget the owners."""
    with op.batch_alter_table("tickets") as tickets:
        tickets.drop_column("owner")
