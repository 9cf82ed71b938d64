from __future__ import annotations

from xml.etree import ElementTree

from speech_model.evaluation.confidence import Bin, Reliability
from speech_model.evaluation.reliability_plot import reliability_svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*bins: Bin, name: str = "raw") -> ElementTree.Element:
    judged = Reliability(bins, 0.123, None)
    return ElementTree.fromstring(reliability_svg({name: judged}, "Confidence"))


def dots_of(picture: ElementTree.Element) -> list[ElementTree.Element]:
    """All circles but the legend's, which have no title."""
    return [c for c in picture.iter(f"{SVG}circle") if c.find(f"{SVG}title") is not None]


def test_bins_of_very_few_words_are_not_drawn() -> None:
    assert len(dots_of(drawn(Bin(0.2, 0.1, 4), Bin(0.9, 0.8, 5)))) == 1


def test_a_dot_stands_for_each_bin_and_is_as_large_as_it_has_words() -> None:
    picture = drawn(Bin(0.0, 0.0, 10), Bin(0.5, 0.25, 40), Bin(1.0, 1.0, 90))
    dots = dots_of(picture)
    assert [dot.findtext(f"{SVG}title") for dot in dots] == ["10 words", "40 words", "90 words"]
    radii = [float(dot.get("r", 0)) for dot in dots]
    assert radii == sorted(radii)


def test_more_confidence_is_further_right_and_more_truth_is_higher() -> None:
    picture = drawn(Bin(0.2, 0.1, 5), Bin(0.9, 0.8, 5))
    low, high = dots_of(picture)
    assert float(low.get("cx", 0)) < float(high.get("cx", 0))
    assert float(low.get("cy", 0)) > float(high.get("cy", 0))


def test_the_legend_names_the_curve_and_its_error() -> None:
    texts = [text.text for text in drawn(name="raw <&>").iter(f"{SVG}text")]
    assert "raw <&>: off by 12.3 %" in texts


def test_a_curve_without_bins_is_a_picture_too() -> None:
    assert drawn().tag == f"{SVG}svg"
