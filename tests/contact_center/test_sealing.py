"""Sealing: what is stored can only be read by whoever has the secret."""

from __future__ import annotations

import pytest

from contact_center.sealing import Seal, SealingError
from contact_center.settings import ContactCenterSettings

OLD, NEW = "an old secret of thirty-two bytes or more", "a new secret of thirty-two bytes or more"


def test_what_was_sealed_is_opened_and_does_not_show() -> None:
    seal = Seal([NEW])
    sealed = seal.close("Your code is 123456, José")
    assert "123456" not in sealed
    assert sealed.isascii()
    assert seal.open(sealed) == "Your code is 123456, José"
    assert seal.close("the same") != seal.close("the same")


def test_another_secret_does_not_open_it_and_the_error_does_not_tell() -> None:
    sealed = Seal([OLD]).close("123456")
    with pytest.raises(SealingError, match="WARMLINE_OUTBOX_SECRET the old one") as raised:
        Seal([NEW]).open(sealed)
    assert sealed not in str(raised.value)


def test_what_was_changed_is_not_opened() -> None:
    seal = Seal([NEW])
    sealed = seal.close("123456")
    with pytest.raises(SealingError):
        seal.open(sealed[:-4] + "AAA=")


def test_after_a_change_of_secrets_what_waits_can_still_be_opened() -> None:
    sealed = Seal([OLD]).close("123456")
    both = Seal.of(ContactCenterSettings(outbox_secret=f"{NEW}, {OLD}"))
    assert both.open(sealed) == "123456"
    assert Seal([NEW]).open(both.close("654321")) == "654321"


def test_without_a_secret_nothing_is_sealed() -> None:
    with pytest.raises(SealingError, match="set WARMLINE_OUTBOX_SECRET"):
        Seal.of(ContactCenterSettings(outbox_secret=""))
