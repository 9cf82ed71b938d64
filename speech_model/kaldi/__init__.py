"""Kaldi's binary files: reading and writing the acoustic model of a Vosk model.

`binary.py` knows the basic values, `transition_model.py` and `nnet3.py` the two halves of an
acoustic model, and `acoustic_model.py` the whole file (`am/final.mdl`).
"""
