from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model.catalogue import SHIPPED_PATH
from speech_model.kaldi.transition_model import monophone_chain
from speech_model.phones import (
    NETWORK_PHONES,
    OUTPUTS,
    PHONE_IDS,
    PHONES,
    POSITION_PHONES,
    SILENCE,
    output_of,
    transition_ids,
    with_positions,
)

pronunciations = st.lists(st.sampled_from(PHONES), min_size=1, max_size=12)
position_phones = st.sampled_from(POSITION_PHONES)


def test_there_are_the_39_phones_of_the_cmu_dictionary() -> None:
    assert len(PHONES) == len(set(PHONES)) == 39


def test_the_ids_are_those_of_the_shipped_graph() -> None:
    lines = (SHIPPED_PATH / "graph" / "phones.txt").read_text().splitlines()
    shipped = {name: int(number) for name, number in map(str.split, lines)}
    assert shipped.pop("<eps>") == 0
    assert shipped == PHONE_IDS


def test_the_ids_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        PHONE_IDS["AA_B"] = 7  # type: ignore[index]


def test_silence_comes_first() -> None:
    assert PHONE_IDS[SILENCE] == 1
    assert output_of(SILENCE) == 0


def test_each_phone_has_two_outputs_of_its_own() -> None:
    used = [output_of(phone) + place for phone in NETWORK_PHONES for place in (0, 1)]
    assert used == list(range(OUTPUTS))


@given(position_phones)
def test_the_position_of_a_phone_does_not_change_its_output(name: str) -> None:
    assert output_of(name) == output_of(name.split("_")[0])


@given(position_phones)
def test_transition_ids_lead_to_the_phone_and_its_outputs(name: str) -> None:
    """As Kaldi counts them: the transitions of a state one after the other, from 1 on."""
    tuples = monophone_chain().tuples
    entering, staying = transition_ids(name)
    assert (entering - 1) // 2 == (staying - 1) // 2
    phone, state, first, further = tuples[(entering - 1) // 2].tolist()
    assert (phone, state) == (PHONE_IDS[name], 0)
    assert (first, further) == (output_of(name), output_of(name) + 1)


def test_the_loop_is_the_first_transition_of_a_state_and_the_way_out_the_second() -> None:
    emitting, _ = monophone_chain().topologies[0]
    assert [target for target, _ in emitting.transitions] == [0, 1]
    entering, staying = transition_ids("SIL")
    assert (staying, entering) == (1, 2)


def test_no_two_phones_share_a_transition_id() -> None:
    ids = [number for name in POSITION_PHONES for number in transition_ids(name)]
    assert sorted(ids) == list(range(1, 2 * len(POSITION_PHONES) + 1))


@pytest.mark.parametrize("name", ["AA", "XX_B", "", "<eps>"])
def test_only_phones_with_positions_have_transition_ids(name: str) -> None:
    with pytest.raises(KeyError):
        transition_ids(name)


def test_an_unknown_phone_has_no_output() -> None:
    with pytest.raises(KeyError):
        output_of("QQ")


@pytest.mark.parametrize(
    ("pronunciation", "named"),
    [
        (["AY"], ("AY_S",)),
        (["N", "OW"], ("N_B", "OW_E")),
        (["Y", "EH", "S"], ("Y_B", "EH_I", "S_E")),
    ],
)
def test_phones_are_named_by_their_place_in_the_word(
    pronunciation: list[str], named: tuple[str, ...]
) -> None:
    assert with_positions(pronunciation) == named


@given(pronunciations)
def test_every_word_can_be_told_in_positions(pronunciation: list[str]) -> None:
    named = with_positions(pronunciation)
    assert [name.split("_")[0] for name in named] == pronunciation
    assert all(name in PHONE_IDS for name in named)


def test_a_word_without_phones_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one phone"):
        with_positions([])
