"""Telephone numbers: one written form for each, and what may be said of them aloud."""

from __future__ import annotations

import phonenumbers


def e164(number: str | None, region: str = "US") -> str | None:
    """Bring a telephone number into the one form in which it is stored.

    Args:
        number: As dialled, written or signalled; None for a withheld number.
        region: ISO 3166 country assumed when the number has no country code.

    Returns:
        The number as "+15550100042", or None when it cannot be a telephone number.
    """
    if not number:
        return None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def ending(number: str, digits: int = 2) -> tuple[str, ...]:
    """The last digits of a number, one by one, enough to recognise it and too few to learn it.

    Args:
        number: A telephone number in any form.
        digits: How many.

    Returns:
        The digits, such as `("4", "2")`.
    """
    return tuple(char for char in number if char.isdigit())[-digits:]
