"""Published figures, computed again from what their sources say; feeds ``book/measured.md``.

Each entry follows from a configuration, a formula or other figures printed in the same source. No
entry copies the figure that it is compared with.
"""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from statistics import NormalDist

from companion import compute
from companion.models.config import BertConfig, GPT2Config, ViTConfig, count_parameters
from companion.privacy import epsilon

# Brown et al. (2020), table 2.1: layers and width. The table prints 24 heads for XL, which do not
# divide its width, and the width 5,140 for 13B, which its 40 heads of 128 do not make.
GPT3 = {
    "small": (12, 768, 12),
    "medium": (24, 1024, 16),
    "large": (24, 1536, 16),
    "xl": (24, 2048, 16),
    "2.7b": (32, 2560, 32),
    "6.7b": (32, 4096, 32),
    "13b": (40, 5120, 40),
    "13b-printed": (40, 5140, 20),
    "175b": (96, 12288, 96),
}
# Brown et al. (2020), table D.1: parameters, tokens, operations for a parameter and token.
TABLE_D1 = {
    "t5-small": (60e6, 1e12, 3),
    "t5-base": (220e6, 1e12, 3),
    "t5-large": (770e6, 1e12, 3),
    "t5-3b": (3e9, 1e12, 3),
    "t5-11b": (11e9, 1e12, 3),
    "bert-base": (109e6, 250e9, 6),
    "bert-large": (355e6, 250e9, 6),
    "roberta-base": (125e6, 2e12, 6),
    "roberta-large": (355e6, 2e12, 6),
    "gpt3-small": (125e6, 300e9, 6),
    "gpt3-medium": (356e6, 300e9, 6),
    "gpt3-large": (760e6, 300e9, 6),
    "gpt3-xl": (1320e6, 300e9, 6),
    "gpt3-2.7b": (2650e6, 300e9, 6),
    "gpt3-6.7b": (6660e6, 300e9, 6),
    "gpt3-13b": (12850e6, 300e9, 6),
    "gpt3-175b": (174600e6, 300e9, 6),
}
# Touvron et al. (2023), table 15: hours of one A100; 400 W, PUE 1.1, 0.385 kg a kilowatt hour.
LLAMA_HOURS = {
    "opt-175b": 809_472,
    "bloom-175b": 1_082_880,
    "llama-7b": 82_432,
    "llama-13b": 135_168,
    "llama-33b": 530_432,
    "llama-65b": 1_022_362,
}
# Larson et al. (2016): survived with low and high score, recidivated with low and high score.
COMPAS = {"black": (990, 805, 532, 1369), "white": (1139, 349, 461, 505)}


@cache
def recomputed() -> dict[str, float]:
    """Return every recomputed figure by name."""
    parts = (
        *(_language_models, _vision_models, _small_networks, _operations, _energy, _hardware),
        *(_compression, _privacy, _fairness, _scaling, _statistics),
    )
    return {name: value for part in parts for name, value in part().items()}


def dense(*widths: int) -> int:
    """Return the parameters of dense layers with biases: ``dense(784, 300, 10)``."""
    return sum((a + 1) * b for a, b in pairwise(widths))


def convolution(size: int, channels: int, filters: int, *, bias: bool = True) -> int:
    """Return the parameters of a convolution with square filters of ``size`` pixels."""
    return (size * size * channels + bias) * filters


def _language_models() -> dict[str, float]:
    found: dict[str, float] = {}
    for name in ("small", "medium", "large", "xl"):
        found[f"gpt2.{name}"] = count_parameters(getattr(GPT2Config, name)())
    for name, (layers, width, heads) in GPT3.items():
        config = GPT2Config(
            num_layers=layers,
            num_heads=heads,
            hidden_dim=width,
            intermediate_dim=4 * width,
            max_sequence_length=2048,
        )
        found[f"gpt3.{name}"] = count_parameters(config)
    found["gpt2.vocabulary"] = 256 + 50_000 + 1  # bytes, merges, end of text
    found["bert.base"] = count_parameters(BertConfig.base())
    found["bert.large"] = count_parameters(BertConfig.large())
    found["bert.batch"] = 256 * 512
    found["bert.epochs"] = 256 * 512 * 1e6 / 3.3e9
    return found | {
        f"transformer.{name}": _transformer(*sizes)
        for name, sizes in {"base": (512, 2048), "big": (1024, 4096)}.items()
    }


def _transformer(d: int, m: int, layers: int = 6, vocabulary: int = 37_000) -> int:
    """Vaswani et al. (2017), table 3: one shared table, encoder and decoder of six layers."""
    attention, norm = 4 * d * (d + 1), 2 * d
    encoder = attention + dense(d, m, d) + 2 * norm
    decoder = 2 * attention + dense(d, m, d) + 3 * norm
    return vocabulary * d + layers * (encoder + decoder)


def _vision_models() -> dict[str, float]:
    names = ("base_16", "large_16", "huge_14")
    found: dict[str, float] = {
        f"vit.{name}": count_parameters(getattr(ViTConfig, name)()) for name in names
    }
    channels = (3, 64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)
    found["vgg16"] = sum(convolution(3, a, b) for a, b in pairwise(channels)) + dense(
        25_088, 4096, 4096, 1000
    )
    found["alexnet"] = (
        convolution(11, 3, 96)
        + convolution(5, 48, 256)
        + convolution(3, 256, 384)
        + convolution(3, 192, 384)
        + convolution(3, 192, 256)
        + dense(9216, 4096, 4096, 1000)
    )
    return found


def _small_networks() -> dict[str, float]:
    return {
        "lenet300": dense(784, 300, 100, 10),
        "lenet5": convolution(5, 1, 20) + convolution(5, 20, 50) + dense(800, 500, 10),
        "fedavg.2nn": dense(784, 200, 200, 10),
        "fedavg.cnn": convolution(5, 1, 32) + convolution(5, 32, 64) + dense(3136, 512, 10),
    }


def _operations() -> dict[str, float]:
    found = {
        f"flops.{name}": compute.training_flops(n, d, per_parameter=k)
        for name, (n, d, k) in TABLE_D1.items()
    }
    for name in ("bert-base", "bert-large", "gpt3-175b"):
        found[f"pfdays.{name}"] = found[f"flops.{name}"] / compute.PETAFLOPS_DAY
    found["flops.gopher"] = compute.training_flops(280e9, 300e9)
    found["flops.chinchilla"] = compute.training_flops(70e9, 1.4e12)
    found["flops.llama-405b"] = compute.training_flops(405e9, 15.6e12)
    # Vaswani et al. (2017): eight P100 at 9.5e12 a second; steps of 0.4 s and 1.0 s.
    found["flops.transformer-base"] = 12 * 3600 * 8 * 9.5e12
    found["flops.transformer-big"] = 3.5 * 86_400 * 8 * 9.5e12
    found["hours.transformer-base"] = 100_000 * 0.4 / 3600
    found["days.transformer-big"] = 300_000 * 1.0 / 86_400
    return found


def _energy() -> dict[str, float]:
    a100 = compute.Hardware(name="A100", peak_flops=312e12, utilisation=0.5, watts=400, pue=1.1)
    found: dict[str, float] = {}
    for name, hours in LLAMA_HOURS.items():
        megawatt_hours = a100.hours(hours).kilowatt_hours / 1000
        found[f"mwh.{name}"] = megawatt_hours
        found[f"tonnes.{name}"] = megawatt_hours * 0.385
    found["days.llama-65b"] = 1.4e12 / (380 * 2048) / 86_400
    h800 = compute.Hardware(name="H800", peak_flops=989e12, utilisation=0.4, devices=2048, price=2)
    found["cost.deepseek-v3"] = h800.hours(2.788e6).cost
    found["hours.deepseek-v3"] = 2_664_000 + 119_000 + 5_000
    found["days.deepseek-trillion"] = h800.hours(180_000).seconds / 86_400
    return found


def _hardware() -> dict[str, float]:
    """Jouppi et al. (2017): 256 × 256 multipliers at 700 MHz; 34 GB/s to the weights."""
    peak = 2 * 256 * 256 * 700e6
    return {"tpu.peak": peak, "tpu.ridge": peak / 2 / 34e9}


def _compression() -> dict[str, float]:
    return {
        "prune.alexnet": 61 / 6.7,
        "prune.vgg16": 138 / 10.3,
        "prune.lenet300": 267 / 22,
        "prune.lenet5": 431 / 36,
        "deep.alexnet": 240 / 6.9,
        "deep.vgg16": 552 / 11.3,
        "int8": 32 / 8,
        "snr.slope": 20 * math.log10(2),
        "snr.offset": 10 * math.log10(1.5),
        "distil.threes": 100 * (1 - 14 / 1010),
    }


def _privacy() -> dict[str, float]:
    found = {
        "epsilon.100-epochs": epsilon(0.01, 4, 10_000, 1e-5),
        "epsilon.400-epochs": epsilon(0.01, 4, 40_000, 1e-5),
        "epsilon.tutorial": epsilon(250 / 60_000, 1.3, 15 * 240, 1e-5),
    }
    rounds = {"e5b10": (20, 229), "e1b10": (34, 350), "e20b10": (18, 173)}
    for name, (iid, other) in rounds.items():
        found[f"fedavg.{name}.iid"] = 626 / iid
        found[f"fedavg.{name}.other"] = 483 / other
    return found


def _fairness() -> dict[str, float]:
    found: dict[str, float] = {}
    for group, (true_low, false_high, false_low, true_high) in COMPAS.items():
        found[f"compas.fpr.{group}"] = 100 * false_high / (true_low + false_high)
        found[f"compas.fnr.{group}"] = 100 * false_low / (false_low + true_high)
        found[f"compas.ppv.{group}"] = 100 * true_high / (true_high + false_high)
    found["sepsis.missed"] = 100 * 1709 / 2552
    return found


def _scaling() -> dict[str, float]:
    # Kaplan et al. (2020), section 1.1; Hoffmann et al. (2022), section 3.3.
    alpha, beta = 0.34, 0.28
    return {
        "kaplan.data": 8**0.74,
        "chinchilla.exponent-n": beta / (alpha + beta),
        "chinchilla.exponent-d": alpha / (alpha + beta),
        "chinchilla.ratio": 1.4e12 / 70e9,
        "chinchilla.smaller": 280 / 70,
        "refit.ratio": _tokens_per_parameter(482.01, 2085.43, 0.3478, 0.3658, 5.76e23),
        "printed.ratio": _tokens_per_parameter(406.4, 410.7, alpha, beta, 5.76e23),
    }


def _tokens_per_parameter(a: float, b: float, alpha: float, beta: float, flops: float) -> float:
    """Minimise E + A/N^α + B/D^β over 6ND = flops; return D/N (Hoffmann et al., eq. 4)."""
    g = (alpha * a / (beta * b)) ** (1 / (alpha + beta))
    n = g * (flops / 6) ** (beta / (alpha + beta))
    return flops / 6 / n / n


def _statistics() -> dict[str, float]:
    return {
        "sharpe.45": _best_ratio(45, 5),
        "sharpe.7": _best_ratio(7, 2),
        "alone.counts": 100 * 216 / 248,  # millions; Sweeney (2002), section 1
    }


def _best_ratio(rules: int, years: float) -> float:
    """Return the expected best yearly ratio of rules without skill (Bailey et al., 2014, eq. 4)."""
    quantile = NormalDist().inv_cdf
    gamma = 0.5772156649015329  # Euler and Mascheroni
    best = (1 - gamma) * quantile(1 - 1 / rules) + gamma * quantile(1 - 1 / (rules * math.e))
    return best / math.sqrt(years)
