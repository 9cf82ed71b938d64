"""What the example company sells, and the names from which its customers are made."""

from __future__ import annotations

from typing import Final


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PRODUCTS: Final[tuple[tuple[str, int], ...]] = (
    ("a pair of hiking boots", 14900),
    ("a pair of trail running shoes", 11900),
    ("a pair of wool socks", 1800),
    ("a rain jacket", 12900),
    ("a down jacket", 19900),
    ("a fleece pullover", 6900),
    ("a pair of hiking trousers", 7900),
    ("a flannel shirt", 5400),
    ("a wool hat", 2400),
    ("a pair of leather gloves", 3900),
    ("a day pack", 8900),
    ("a travel backpack", 15900),
    ("a duffel bag", 9900),
    ("a two-person tent", 24900),
    ("a four-person tent", 39900),
    ("a sleeping bag", 16900),
    ("a sleeping pad", 7900),
    ("a camp stove", 5900),
    ("a cooler", 12900),
    ("a water bottle", 2900),
    ("a travel mug", 2499),
    ("a headlamp", 3499),
    ("a lantern", 4499),
    ("a folding chair", 5999),
    ("a picnic blanket", 3999),
    ("a hammock", 6499),
    ("a pair of trekking poles", 8999),
    ("a bicycle helmet", 6999),
    ("a fishing rod", 10999),
    ("a kayak paddle", 11999),
    ("a pair of binoculars", 13999),
    ("a pocket knife", 4299),
    ("a first aid kit", 2999),
    ("a floor lamp", 12999),
    ("a desk lamp", 5499),
    ("a wool throw", 8499),
    ("a set of bed sheets", 9999),
    ("a door mat", 2999),
    ("a cast iron pan", 4999),
    ("an enamel coffee pot", 3799),
    ("a dog bed", 7499),
    ("a dog leash", 2299),
)

FIRST_NAMES: Final[tuple[str, ...]] = _words(
    "Aaliyah Aaron Abigail Alejandro Amara Amelia Andre Angela Anita Arjun Ava Benjamin "
    "Bianca Brandon Brian Camila Carlos Caroline Charles Chloe Christina Daniel David Deborah "
    "Destiny Diego Dorothy Edward Elena Elijah Emily Eric Esther Ethan Fatima Felix Frances "
    "Gabriel Grace Gregory Hannah Harold Hassan Helen Henry Ibrahim Imani Irene Isaac "
    "Isabella Jacob Jamal Janet Jasmine Jason Joan Jordan Jose Julia Karen Keiko Kenneth "
    "Kevin Kim Larry Laura Leah Liam Linda Lucas Luis Marcus Margaret Martha Mateo Mei "
    "Michael Min Mohammed Naomi Natalie Nathan Nia Noah Olivia Omar Oscar Patricia Paul Priya "
    "Rachel Rafael Raj Rebecca Robert Rosa Ruth Samuel Sandra Sofia Stephen Susan Tamika "
    "Teresa Thomas Tyler Victor Vivian Walter Wei William Xavier Yolanda Yusuf Zachary Zoe"
)

LAST_NAMES: Final[tuple[str, ...]] = _words(
    "Adams Ahmed Alvarez Anderson Bailey Baker Banerjee Bell Bennett Brooks Brown Campbell "
    "Carter Castillo Chang Chen Clark Coleman Collins Cooper Cruz Davis Diaz Edwards Evans "
    "Fischer Flores Foster Garcia Gomez Gonzalez Gray Green Gupta Hall Hamilton Hansen Harris "
    "Hernandez Hill Howard Huang Hughes Jackson Jenkins Johnson Jones Kaplan Kelly Khan Kim "
    "King Kowalski Larson Lee Lewis Lopez Martin Martinez Mitchell Moore Morales Morgan "
    "Murphy Myers Nelson Nguyen Novak Ochoa Okafor Olson Ortiz Park Patel Perez Peterson "
    "Phillips Powell Price Ramirez Reed Reyes Rivera Roberts Robinson Rodriguez Rogers "
    "Russell Sanchez Sanders Schmidt Scott Shah Silva Singh Smith Stewart Sullivan Tanaka "
    "Taylor Thompson Torres Tran Turner Vargas Walker Ward Washington Watson White Williams "
    "Wilson Wood Wright Yang Young"
)

AREA_CODES: Final[tuple[str, ...]] = _words(
    "201 202 206 207 212 213 214 215 216 303 305 312 313 314 317 401 402 404 405 407 412 415 "
    "502 503 505 508 512 513 515 602 603 605 612 614 615 617 702 703 704 713 718 801 802 803 "
    "804 808 816 901 904 907 919"
)

# Domains that are reserved for examples and deliver nothing.
EMAIL_DOMAINS: Final[tuple[str, ...]] = ("example.com", "example.org", "example.net")

CARRIERS: Final[tuple[str, ...]] = ("UPS", "FedEx", "USPS")
