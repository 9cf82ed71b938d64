"""The audit, to which rows are only ever added."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contact_center.audit import Audit
from contact_center.database import Database

from .conftest import NOW


async def test_steps_are_read_in_the_order_in_which_they_happened(database: Database) -> None:
    audit = Audit(database)
    await audit.record("code_sent", customer_id=1, call_id="c1", detail="email", now=NOW)
    await audit.record("code_verified", customer_id=1, call_id="c1", detail="email", now=NOW)
    await audit.record("code_sent", customer_id=2, call_id="c2", detail="text", now=NOW)
    assert [each.action for each in await audit.entries(customer_id=1)] == [
        "code_sent",
        "code_verified",
    ]
    (entry,) = await audit.entries(call_id="c2")
    assert (entry.at, entry.customer_id, entry.detail) == (NOW, 2, "text")
    assert len(await audit.entries()) == 3


@pytest.mark.parametrize("change", ["UPDATE audit SET detail = ''", "DELETE FROM audit"])
async def test_the_database_refuses_to_change_it(database: Database, change: str) -> None:
    audit = Audit(database)
    await audit.record("code_sent", customer_id=1, call_id="c1", detail="email", now=NOW)
    with pytest.raises(DBAPIError, match="only added to"):
        async with database.session() as session:
            await session.execute(text(change))
    (entry,) = await audit.entries()
    assert entry.detail == "email"
