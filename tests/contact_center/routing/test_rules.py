"""The figures of the routing, and what is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from contact_center.routing.rules import RoutingRules


def test_support_helps_every_other_queue_unless_told_otherwise() -> None:
    assert RoutingRules().overflow_of("billing") == "support"
    assert RoutingRules().overflow_of("support") is None
    told = RoutingRules(overflow={"billing": "orders"})
    assert told.overflow_of("billing") == "orders"
    assert told.overflow_of("orders") is None


@pytest.mark.parametrize(
    "wrong", [{"offer_s": 0}, {"vip_ahead_s": -1}, {"offer_seconds": 20}], ids=str
)
def test_figures_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        RoutingRules.model_validate(wrong)
