"""The card of a trained model: its schedule, what it predicts, its bound, and how to use it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from udm.train.trained import Trained

PREDICTS = {
    "x": "x, the data: x-hat",
    "eps": "eps, the noise: x-hat = (z - sigma eps-hat) / alpha",
    "v": "v = alpha eps - sigma x: x-hat = alpha z - sigma v-hat",
    "score": "the score of z: x-hat = (z + sigma^2 s-hat) / alpha",
}
_TERMS = ("prior", "reconstruction", "diffusion", "flow", "dequantisation", "total")


def card(trained: "Trained", evaluation: Mapping[str, Any] | None = None) -> str:
    """Return the card in Markdown."""
    model, config, data = trained.model, trained.config, trained.data
    low, high = model.schedule.span()
    kind, labels = model.parameterization, f", {data['labels']} classes" if config.conditional else ""
    levels = (
        f"of {data['K']} levels, x_k = (2 k + 1)/K - 1" if data["K"] else f"without levels; decoder {config.decoder}"
    )
    T = f"{config.T} steps" if config.T is not None else "continuous time"
    return f"""---
library_name: udm
tags: [diffusion, udm]
---

# A diffusion model of {data["name"]}

* Data: events {tuple(data["shape"])} {levels}{labels}; {data["count"]} of them.
* Process: z_t = alpha_t x + sigma_t eps, sigma_t^2 = sigmoid(gamma_t), alpha_t^2 = sigmoid(-gamma_t).
* Schedule: {type(model.schedule).__name__} ({config.schedule}), gamma from {low:.6g} at t = 0 to {high:.6g} at t = 1.
* Parameterization: the network is a function of z_t and gamma_t, and predicts {PREDICTS[kind]}.
* Network: {config.network}, {sum(p.numel() for p in trained.network.parameters())} weights, {trained.weights}.
* Training: loss {config.loss} in {T}, {trained.step} steps of {config.batch} examples, seed {config.seed}.

## Bound

{_bound(evaluation)}

## Use

```python
from udm.train import load
from udm.sample import sample

trained = load("this folder"{", network=..." if ":" in config.network else ""})
images = sample(trained.model, (4, {", ".join(map(str, data["shape"]))}), sampler="ddim", grid=100)
```
"""


def _bound(evaluation: Mapping[str, Any] | None) -> str:
    if evaluation is None:
        return "Not evaluated."
    rows = [(name, evaluation[name]) for name in _TERMS if name in evaluation]
    lines = [f"| {name} | {of['value']:.5g} | {of['standard_error']:.2g} | {of['unit']} |" for name, of in rows]
    told = f"{evaluation['meaning']}; {evaluation['examples']} examples, {evaluation['repeats']} repeats."
    return "\n".join(["| term | value | +- | unit |", "|---|---|---|---|", *lines, "", told])
