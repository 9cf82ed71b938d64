"""The sites of the company, and their opening hours."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WITH_SITE = ("weekly_hours", "hours_exceptions")


def upgrade() -> None:
    """Make the tables, and let hours belong to a site."""
    op.create_table(
        "sites",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("spoken_names", sa.JSON(), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=True),
        sa.Column("subdivision", sa.String(length=16), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sites")),
    )
    op.create_table(
        "departments",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("spoken_names", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_departments")),
    )
    for table in _WITH_SITE:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("site", sa.String(length=40), nullable=True))
            batch.create_foreign_key(op.f(f"fk_{table}_site_sites"), "sites", ["site"], ["key"])


def downgrade() -> None:
    """Forget the sites; hours of a site become hours of the company."""
    for table in _WITH_SITE:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"fk_{table}_site_sites"), type_="foreignkey")
            batch.drop_column("site")
    op.drop_table("departments")
    op.drop_table("sites")
