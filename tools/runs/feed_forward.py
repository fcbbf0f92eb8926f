"""Train small transformers whose feed-forward blocks differ: `python tools/runs/feed_forward.py`.

For the chapter Gated linear units. Characters of the help texts that Python itself ships (pydoc's topics) are to be predicted
from those before. Two blocks of attention and feed-forward, each after a layer normalization (width 48, 4 heads, 32
characters). The feed-forward block is W2 f(W1 x), or gated, W2 (f(W1 x) * V x), with two thirds of the hidden units, so that all
have the same number of weights, and of multiplications by them. All weights start as PyTorch starts them. Adam with a rate that
rises for a tenth of the steps and then falls to 0. Each function chooses its rate by the mean of the tuning seeds' losses on the
choosing part, from three, and from twice the largest or half the smallest as long as those are best. It is tested with fresh
seeds. A seed decides the embeddings' start and which stretches of text each step sees,
the same for all functions. Writes activlib/data/runs/feed_forward.json after each training, and goes on there when it is started
again:

settings: what is above, in numbers.
text: characters, different characters, digest, and the characters of the parts to train, to choose and to test.
parameters: {function: number of trained numbers}; products: {function: multiplications by weights for one character in a
    feed-forward block}.
tuning, tests: {"function rate seed": mean cross-entropy in bits a character, over the whole choosing or test part}; null where
    it is not finite.

It needs PyTorch beside activlib: `pip install -r tools/libraries.txt`. About seven seconds for each of its 196
trainings, on one thread.
"""

import argparse
import functools
import hashlib
import math
import os
import platform
import sys
import time
from importlib.metadata import version
from pathlib import Path
from pydoc_data.topics import topics

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"  # before NumPy loads

import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from tqdm import tqdm  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs.store import program, store  # noqa: E402

WIDTH, HEADS, BLOCKS, CONTEXT = 48, 4, 2, 32
BATCH, STEPS, WARM = 32, 400, 40
RATES = (0.008, 0.016, 0.032)  # to begin with
TUNING, TESTING = 2, 12  # seeds
PACKAGES = ("numpy", "torch")
FUNCTIONS = {  # name: (function, gated)
    "relu": (torch.relu, False), "squared_relu": (lambda x: torch.relu(x).square(), False), "gelu": (functional.gelu, False),
    "silu": (functional.silu, False), "glu": (torch.sigmoid, True), "bilinear": (lambda x: x, True), "reglu": (torch.relu, True),
    "geglu": (functional.gelu, True), "swiglu": (functional.silu, True),
    "identity": (lambda x: x, False),  # a control: the block is linear
}


def texts():
    """The numbers of the characters, in three parts: eight tenths to train, one to choose the rate, one to test. The topics
    repeat much of one another; a paragraph that stands in several of them is taken once, so that the parts are apart."""
    text = "\n\n".join(dict.fromkeys(part.strip() for topic in sorted(topics) for part in topics[topic].split("\n\n")))
    letters = sorted(set(text))
    numbers = torch.tensor([letters.index(letter) for letter in text])
    ends = len(text) * 8 // 10, len(text) * 9 // 10
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    parts = numbers.tensor_split(ends)
    return parts, {"characters": len(text), "different": len(letters), "digest": digest, "parts": [len(part) for part in parts]}


class FeedForward(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.function, self.gated = FUNCTIONS[name]
        hidden = WIDTH * 4 * (2 if self.gated else 3) // 3
        self.into = nn.Linear(WIDTH, hidden * (2 if self.gated else 1), bias=False)
        self.out = nn.Linear(hidden, WIDTH, bias=False)

    def forward(self, x):
        if not self.gated:
            return self.out(self.function(self.into(x)))
        gate, content = self.into(x).chunk(2, -1)
        return self.out(self.function(gate) * content)


class Block(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(2))
        self.mix, self.out = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.feed_forward = FeedForward(name)

    def forward(self, x):
        batch, length, _ = x.shape
        heads = self.mix(self.norms[0](x)).view(batch, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(*heads, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, length, WIDTH))
        return x + self.feed_forward(self.norms[1](x))


class Transformer(nn.Module):
    def __init__(self, name, letters):
        super().__init__()
        self.letters, self.places = nn.Embedding(letters, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.Sequential(*[Block(name) for _ in range(BLOCKS)])
        self.last, self.out = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, letters)

    def forward(self, numbers):
        x = self.letters(numbers) + self.places.weight[:numbers.shape[1]]
        return self.out(self.last(self.blocks(x)))


def bits(model, stretches):
    """Mean cross-entropy in bits a character, each predicted from those before it in its stretch."""
    scores = model(stretches[:, :-1])
    return functional.cross_entropy(scores.flatten(0, 1), stretches[:, 1:].flatten()) / math.log(2)


def trained(name, rate, rng, parts, letters):
    """The model after training, the same data and the same draws for the same generator."""
    torch.manual_seed(int(rng.integers(2**31)))
    model = Transformer(name, letters)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / WARM, (STEPS - step) / (STEPS - WARM)))
    within = torch.arange(CONTEXT + 1)
    for _ in range(STEPS):
        starts = torch.tensor(rng.integers(len(parts[0]) - CONTEXT, size=BATCH))
        optimizer.zero_grad()
        bits(model, parts[0][starts[:, None] + within]).backward()
        optimizer.step()
        schedule.step()
    return model


@torch.no_grad()
def evaluated(model, part):
    """The loss of a part, cut into stretches: each character is predicted once, but the first and an incomplete last stretch."""
    starts = torch.arange(0, len(part) - CONTEXT, CONTEXT)
    loss = float(bits(model, part[starts[:, None] + torch.arange(CONTEXT + 1)]))
    return round(loss, 5) if math.isfinite(loss) else None


def products(name):
    return sum(w.numel() for w in FeedForward(name).parameters())


def order(tuning):
    """Every training that is due: those of tuning first, then the tests of functions that have chosen, seed by seed."""
    def loss(name, rate):
        return sum(tuning[f"{name} {rate} {seed}"] or math.inf for seed in range(TUNING))

    rates = {}
    for name in FUNCTIONS:
        yield from (("tuning", name, rate, seed) for rate in RATES for seed in range(TUNING))
        tried = list(RATES)
        while (best := min(tried, key=functools.partial(loss, name))) in (tried[0], tried[-1]):
            beyond = best / 2 if best == tried[0] else 2 * best
            yield from (("tuning", name, beyond, seed) for seed in range(TUNING))
            tried = sorted([*tried, beyond])
        rates[name] = best
    for seed in range(TESTING):
        yield from (("tests", name, rates[name], seed) for name in FUNCTIONS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="throw away what is stored")
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop after about that time")
    options = parser.parse_args()
    torch.set_num_threads(1)
    parts, text = texts()
    kept = {"digest": program(__file__), "text": text, "python": platform.python_version()}
    runs = {"tuning": {}, "tests": {}}
    if not options.anew:
        runs = resumed(kept, runs)
    end = time.monotonic() + 60 * options.minutes
    settings = {"width": WIDTH, "heads": HEADS, "blocks": BLOCKS, "context": CONTEXT, "batch": BATCH, "steps": STEPS,
                "warm": WARM, "rates": RATES, "tuning": TUNING, "testing": TESTING}
    counts = {name: sum(w.numel() for w in Transformer(name, text["different"]).parameters()) for name in FUNCTIONS}
    for kind, name, rate, seed in tqdm(order(runs["tuning"]), total=len(FUNCTIONS) * (len(RATES) * TUNING + TESTING)):
        key = f"{name} {rate} {seed}"
        if key in runs[kind]:
            continue
        if time.monotonic() > end:
            break
        tuning = kind == "tuning"
        rng = al.generators(TUNING if tuning else TESTING, seed=1 if tuning else 2)[seed]
        runs[kind][key] = evaluated(trained(name, rate, rng, parts, text["different"]), parts[1 if tuning else 2])
        store("feed_forward", __file__, PACKAGES, **kept, settings=settings, parameters=counts,
              products={name: products(name) for name in FUNCTIONS}, **runs)


def resumed(kept, runs):
    """The stored trainings, if they are of this program, these versions and this text."""
    try:
        stored = al.stored("feed_forward")
    except ValueError:
        return runs
    now = {"versions": {package: version(package) for package in PACKAGES}, **kept}
    for field, value in now.items():
        if stored[field] != value:
            raise SystemExit(f"the stored results have {field} {stored[field]}, now it is {value}; --anew throws them away")
    return {kind: stored[kind] for kind in runs}


if __name__ == "__main__":
    main()
