from __future__ import annotations

import numpy as np
import pytest

from speech_model.training.batches import Utterance, make_batch, split
from speech_model.training.distortion import Distortion
from speech_model.training.network import CONTEXT
from speech_model.training.transcript import Transcript

SILENCE = Transcript.of([])


def utterance(frames: int, transcript: Transcript = SILENCE) -> Utterance:
    features = np.arange(40 * frames, dtype=np.float16).reshape(frames, 40)
    return Utterance(features, transcript, "toy")


def test_shorter_utterances_are_filled_up_with_their_last_frame() -> None:
    long, short = utterance(10), utterance(4)
    batch = make_batch([long, short])
    assert batch.features.shape == (2, 10 + 2 * CONTEXT, 40)
    assert batch.lengths == [4, 2]
    assert (batch.features[1, : CONTEXT + 1] == short.features[0]).all()
    assert (batch.features[1, CONTEXT + 3 :] == short.features[-1]).all()


def test_distorted_utterances_begin_anywhere_in_a_third() -> None:
    chance = np.random.default_rng(1)
    batch = make_batch([utterance(30)] * 20, Distortion(), chance)
    seconds = {make_batch([utterance(30)], Distortion(), chance).seconds for _ in range(20)}
    assert seconds == {0.28, 0.29, 0.3}
    assert set(batch.lengths) == {10}


@pytest.mark.parametrize("parts", [1, 2, 3, 8])
def test_a_batch_is_divided_among_cores(parts: int) -> None:
    transcripts = [Transcript.of([[[number]]]) for number in range(1, 6)]
    batch = make_batch([utterance(30 + 3 * number, one) for number, one in enumerate(transcripts)])
    divided = split(batch, parts)
    assert len(divided) == min(parts, 5)
    put_back: list[tuple[int, Transcript]] = [
        pair for one in divided for pair in zip(one.lengths, one.transcripts, strict=True)
    ]
    assert sorted(put_back, key=lambda pair: pair[0]) == list(
        zip(batch.lengths, batch.transcripts, strict=True)
    )
    assert all(len(one.features) == len(one.lengths) for one in divided)
