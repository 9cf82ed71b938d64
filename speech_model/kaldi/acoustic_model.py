"""The acoustic model of a Vosk model, `am/final.mdl`: transition model and network in one file.

Format of Kaldi's `nnet3/am-nnet-simple.cc`, as `nnet3-am-init` and its kin write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from speech_model.kaldi import nnet3, transition_model
from speech_model.kaldi.binary import FloatArray, KaldiError, KaldiReader, KaldiWriter
from speech_model.kaldi.nnet3 import Network
from speech_model.kaldi.transition_model import TransitionModel


@dataclass(frozen=True, slots=True, eq=False)
class AcousticModel:
    """What turns features into scores of states.

    Args:
        transitions: States of the phones.
        network: Its inputs are features, its outputs are scored states.
        left_context: How many frames before a frame the network sees.
        right_context: How many after it.
        priors: How frequent each output is; empty in chain models.
    """

    transitions: TransitionModel
    network: Network
    left_context: int
    right_context: int
    priors: FloatArray

    @classmethod
    def read(cls, path: Path) -> AcousticModel:
        """Read a file.

        Args:
            path: Most often `am/final.mdl`.

        Returns:
            All that is in it.

        Raises:
            KaldiError: It is no acoustic model, or is cut off.
            OSError: It cannot be read.
        """
        try:
            return cls.from_bytes(path.read_bytes())
        except KaldiError as error:
            raise KaldiError(f"{path}: {error}") from error

    @classmethod
    def from_bytes(cls, data: bytes) -> AcousticModel:
        """Read a file's content; see `read`."""
        reader = KaldiReader(data)
        reader.header()
        transitions = transition_model.read(reader)
        network = nnet3.read(reader)
        reader.expect("<LeftContext>")
        left_context = reader.int32()
        reader.expect("<RightContext>")
        right_context = reader.int32()
        reader.expect("<Priors>")
        priors = reader.vector()
        if not reader.at_end:
            raise reader.error("more than an acoustic model")
        return cls(transitions, network, left_context, right_context, priors)

    def write(self, path: Path) -> None:
        """Write a file that Vosk reads.

        Args:
            path: Its folder exists.

        Raises:
            OSError: It cannot be written.
        """
        path.write_bytes(self.to_bytes())

    def to_bytes(self) -> bytes:
        """Give the file's content."""
        writer = KaldiWriter()
        writer.header()
        transition_model.write(writer, self.transitions)
        nnet3.write(writer, self.network)
        writer.token("<LeftContext>")
        writer.int32(self.left_context)
        writer.token("<RightContext>")
        writer.int32(self.right_context)
        writer.token("<Priors>")
        writer.vector(self.priors)
        return writer.data
