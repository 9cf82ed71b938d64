"""What is left to do after a call: wrap-ups, and by when tickets are answered and settled."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Until a complaint is answered, and until it is settled, when these columns were made.
_OWED = {
    1: (timedelta(minutes=15), timedelta(hours=2)),
    2: (timedelta(minutes=30), timedelta(hours=24)),
    3: (timedelta(hours=1), timedelta(hours=48)),
}
_LEAST_SERIOUS = 3
_DEADLINES = ("respond_by", "resolve_by")


def upgrade() -> None:
    """Give every ticket its times: a complaint's by its level, any other's as it was promised."""
    with op.batch_alter_table("tickets") as tickets:
        for name in (*_DEADLINES, "responded_at"):
            tickets.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    _fill()
    with op.batch_alter_table("tickets") as tickets:
        for name in _DEADLINES:
            tickets.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "wrap_ups",
        sa.Column("handoff_id", sa.String(length=64), nullable=False),
        sa.Column("agent_name", sa.String(length=100), nullable=False),
        sa.Column("disposition", sa.String(length=100), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["handoff_id"],
            ["handoffs.id"],
            name=op.f("fk_wrap_ups_handoff_id_handoffs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_wrap_ups_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_wrap_ups")),
    )


def downgrade() -> None:
    """Forget the wrap-ups and the times; what was promised stays."""
    op.drop_table("wrap_ups")
    with op.batch_alter_table("tickets") as tickets:
        for name in (*_DEADLINES, "responded_at"):
            tickets.drop_column(name)


def _fill() -> None:
    instant = sa.DateTime(timezone=True)
    tickets = sa.table(
        "tickets",
        sa.column("id", sa.Integer()),
        sa.column("kind", sa.String()),
        sa.column("complaint_level", sa.Integer()),
        sa.column("handoff_id", sa.String()),
        *(
            sa.column(name, instant)
            for name in ("opened_at", "promised_at", "closed_at", *_DEADLINES, "responded_at")
        ),
    )
    changes = sa.table(
        "handoff_changes",
        sa.column("handoff_id", sa.String()),
        sa.column("state", sa.String()),
        sa.column("at", instant),
    )
    connection = op.get_bind()
    accepted = (
        sa.select(sa.func.min(changes.c.at))
        .where(changes.c.handoff_id == tickets.c.handoff_id, changes.c.state == "accepted")
        .scalar_subquery()
    )
    # Whoever took the call answered; failing that, whoever closed the ticket did.
    answered = sa.func.coalesce(accepted, tickets.c.closed_at, type_=instant)
    for row in connection.execute(sa.select(tickets, answered.label("answered"))).all():
        level = row.complaint_level or (_LEAST_SERIOUS if row.kind == "complaint" else None)
        if level is None:
            respond_by = resolve_by = row.promised_at
        else:
            respond_by, resolve_by = (row.opened_at + owed for owed in _OWED[level])
        connection.execute(
            tickets.update()
            .where(tickets.c.id == row.id)
            .values(respond_by=respond_by, resolve_by=resolve_by, responded_at=row.answered)
        )
