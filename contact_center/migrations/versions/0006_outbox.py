"""Sealed messages and their delivery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ADDED = (
    "expires_at",
    "next_attempt_at",
    "given_up_at",
    "erased_at",
)


def upgrade() -> None:
    """Apply the change."""
    with op.batch_alter_table("messages") as table:
        for name in _ADDED:
            table.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("last_error", sa.String(length=300), nullable=True))
        table.create_index(op.f("ix_messages_next_attempt_at"), ["next_attempt_at"])
    # Nothing was sent before, and old news should not be sent now. Secret bodies lay in clear.
    op.execute(sa.text("UPDATE messages SET given_up_at = queued_at WHERE sent_at IS NULL"))
    op.execute(sa.text("UPDATE messages SET body = '', erased_at = queued_at WHERE secret"))


def downgrade() -> None:
    """Take it back."""
    # What is sealed cannot be read by the version before.
    op.execute(sa.text("UPDATE messages SET body = '[sent]' WHERE secret"))
    with op.batch_alter_table("messages") as table:
        table.drop_index(op.f("ix_messages_next_attempt_at"))
        for name in ("last_error", "attempts", *reversed(_ADDED)):
            table.drop_column(name)
