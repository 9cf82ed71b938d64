"""The wiring of the network that `speech_model.training.network` trains, in nnet3's words."""

from __future__ import annotations


def tdnnf_wiring(layers: int, features: int, bypass: float) -> tuple[str, list[str]]:
    """Describe the nodes of a TDNN-F, named as Kaldi's recipes name them.

    Args:
        layers: How many factorised layers there are.
        features: How many numbers a frame of the input has.
        bypass: How much of a layer's input is added to its output.

    Returns:
        The config, and the names of the components in the order of their use.
    """
    lines = [f"input-node name=input dim={features}"]
    names: list[str] = []

    def node(name: str, source: str) -> str:
        lines.append(f"component-node name={name} component={name} input={source}")
        names.append(name)
        return name

    def chain(source: str, prefix: str, *parts: str) -> str:
        for part in parts:
            source = node(f"{prefix}.{part}", source)
        return source

    last = node("lda", "Append(Offset(input, -1), input, Offset(input, 1))")
    last = chain(last, "tdnn1", "affine", "relu", "batchnorm")
    for number in range(2, 2 + layers):
        name = f"tdnnf{number}"
        normed = chain(last, name, "linear", "affine", "relu", "batchnorm")
        last = node(f"{name}.noop", f"Sum(Scale({bypass:g}, {last}), {normed})")
    last = node("prefinal-l", last)
    last = chain(last, "prefinal-chain", "affine", "relu", "batchnorm1", "linear", "batchnorm2")
    last = node("output.affine", last)
    lines.append(f"output-node name=output input={last} objective=linear")
    return "\n".join(lines), names
