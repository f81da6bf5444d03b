"""What a training run needs: operations, memory, time, energy, money.

Every formula is one line; runs that others published show how far each can be trusted
(:data:`PUBLISHED_RUNS`, :data:`TIMED_RUNS`). Prices, powers and utilisations change, so they are
inputs, never constants.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from companion.errors import CourseError

PETAFLOPS_DAY = 1e15 * 86_400
HOUR = 3_600.0


def training_flops(
    parameters: float, tokens: float, *, per_parameter: float = 6.0, attention: float = 0.0
) -> float:
    """Return the operations of a training run.

    Args:
        parameters: N, those that each token meets (the active ones of a mixture of experts).
        tokens: D, read in training; a token that is read twice counts twice.
        per_parameter: operations for one parameter and token. 6 = one multiplication and one
            addition forward, twice that backward (Kaplan et al., 2020, section 2.1). 3 where each
            token meets half of the parameters, as in T5.
        attention: further operations for one token, see :func:`attention_flops`.
    """
    _positive(parameters=parameters, tokens=tokens, per_parameter=per_parameter)
    return tokens * (per_parameter * parameters + attention)


def attention_flops(layers: int, width: int, length: int) -> float:
    """Return the training operations of one token for scores and weighted values.

    Two products of ``length`` × ``width`` forward, two operations each, three times for forward
    and backward: 12·L·d·T (Chowdhery et al., 2022, appendix B).

    Args:
        layers: number of blocks, L.
        width: width of the stream, d.
        length: tokens that each token attends to, T.
    """
    _positive(layers=layers, width=width, length=length)
    return 12.0 * layers * width * length


def training_memory(parameters: float, *, bytes_per_parameter: float = 16.0) -> float:
    """Return the bytes of weights, gradients and Adam's two averages, without activations.

    Args:
        parameters: all that are trained.
        bytes_per_parameter: 16 for Adam in float32 (4 · 4), and also in mixed precision, where
            float16 weights and gradients and a float32 master copy stand beside the two averages
            (2 + 2 + 4 + 4 + 4; Rajbhandari et al., 2020, section 3.1).
    """
    _positive(parameters=parameters, bytes_per_parameter=bytes_per_parameter)
    return parameters * bytes_per_parameter


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a run takes on some hardware.

    Attributes:
        seconds: on the clock, all devices busy from start to end.
        device_hours: devices times hours.
        kilowatt_hours: with the building's share.
        cost: in the currency of the price.
    """

    seconds: float
    device_hours: float
    kilowatt_hours: float
    cost: float


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """Some devices, as rented or owned.

    Attributes:
        name: for tables.
        peak_flops: operations a second that the maker promises for one device and number format.
        utilisation: share of the peak that training reaches; 0.3 to 0.5 is usual at scale.
        devices: how many.
        watts: power of one device.
        pue: power usage effectiveness, what the building draws for each watt of the devices.
        price: of one device for one hour.

    Raises:
        CourseError: a value that is not positive, or a utilisation above 1.
    """

    name: str
    peak_flops: float
    utilisation: float
    devices: int = 1
    watts: float = 0.0
    pue: float = 1.0
    price: float = 0.0

    def __post_init__(self) -> None:
        _positive(peak_flops=self.peak_flops, utilisation=self.utilisation, devices=self.devices)
        if self.utilisation > 1:
            raise CourseError(f"utilisation should be at most 1, not {self.utilisation!r}.")
        if self.pue < 1 or self.watts < 0 or self.price < 0:
            raise CourseError("pue should be at least 1, and watts and price not negative.")

    def run(self, flops: float) -> Estimate:
        """Return time, energy and cost of that many operations here."""
        _positive(flops=flops)
        return self.hours(flops / (self.peak_flops * self.utilisation) / HOUR)

    def hours(self, device_hours: float) -> Estimate:
        """Return the same from device hours, which publications often state."""
        return Estimate(
            seconds=device_hours / self.devices * HOUR,
            device_hours=device_hours,
            kilowatt_hours=device_hours * self.watts * self.pue / 1000,
            cost=device_hours * self.price,
        )


@dataclass(frozen=True)
class PublishedRun:
    """A run whose operations its authors, or others in print, have stated.

    Attributes:
        name: the model.
        parameters: those that each token meets in training; for T5, all of them.
        tokens: read in training.
        flops: as printed in the source.
        per_parameter: see :func:`training_flops`.
    """

    name: str
    parameters: float
    tokens: float
    flops: float
    per_parameter: float = 6.0

    @property
    def computed(self) -> float:
        """The same by our formula."""
        return training_flops(self.parameters, self.tokens, per_parameter=self.per_parameter)

    @property
    def error(self) -> float:
        """Ours over the published one, minus 1."""
        return self.computed / self.flops - 1


# BERT, T5 and GPT-3: Brown et al. (2020), table D.1; Gopher and Chinchilla: Hoffmann et al. (2022),
# section 4; PaLM: Chowdhery et al. (2022), appendix on compute; Llama: Grattafiori et al. (2024),
# section 1. Gopher's own count holds what the rule of six leaves out, and Chinchilla was given
# Gopher's budget.
PUBLISHED_RUNS = (
    PublishedRun("BERT base", 109e6, 250e9, 1.64e20),
    PublishedRun("BERT large", 355e6, 250e9, 5.33e20),
    PublishedRun("T5 11B", 11e9, 1e12, 3.30e22, 3.0),
    PublishedRun("GPT-3 175B", 174.6e9, 300e9, 3.14e23),
    PublishedRun("Gopher 280B", 280e9, 300e9, 5.76e23),
    PublishedRun("Chinchilla 70B", 70e9, 1.4e12, 5.76e23),
    PublishedRun("PaLM 540B", 540e9, 780e9, 2.5272e24),
    PublishedRun("Llama 3.1 405B", 405e9, 15.6e12, 3.8e25),
)


@dataclass(frozen=True)
class TimedRun:
    """A run of which the device hours were published.

    Attributes:
        name: the model.
        parameters: those that each token meets.
        tokens: read in training.
        device_hours: as printed in the source.
        peak_flops: of one device in 16-bit numbers, by its maker.
    """

    name: str
    parameters: float
    tokens: float
    device_hours: float
    peak_flops: float

    @property
    def utilisation(self) -> float:
        """Share of the peak that went into the model, all published hours counted."""
        hours = training_flops(self.parameters, self.tokens) / self.peak_flops / HOUR
        return hours / self.device_hours

    def predicted_hours(self, utilisation: float) -> float:
        """Return the hours that an assumed utilisation gives."""
        device = Hardware(name="", peak_flops=self.peak_flops, utilisation=utilisation)
        return device.run(training_flops(self.parameters, self.tokens)).device_hours


# Peaks: TPU v2 and v4 chip by Google, A100 and H100 (H800 the same) by NVIDIA, without sparsity.
_TPU2, _TPU4, _A100, _H100 = 45e12, 275e12, 312e12, 989e12
# Devlin et al. (2019), appendix A.2: 16 chips, four days, 256 sequences of 512 tokens a step at
# full length; Chowdhery et al. (2022), section 7: 1,200 hours on 6,144 chips and 336 on half of
# them; Touvron et al. (2023), table 15, and (2023b), table 2; Llama 3's model card;
# DeepSeek-V3's report, table 1, pre-training.
TIMED_RUNS = (
    TimedRun("BERT base", 110e6, 1e6 * 256 * 512, 16 * 4 * 24, _TPU2),
    TimedRun("PaLM 540B", 540e9, 780e9, 1200 * 6144 + 336 * 3072, _TPU4),
    TimedRun("LLaMA 7B", 6.7e9, 1.0e12, 82_432, _A100),
    TimedRun("LLaMA 13B", 13.0e9, 1.0e12, 135_168, _A100),
    TimedRun("LLaMA 33B", 32.5e9, 1.4e12, 530_432, _A100),
    TimedRun("LLaMA 65B", 65.2e9, 1.4e12, 1_022_362, _A100),
    TimedRun("Llama 2 7B", 7e9, 2e12, 184_320, _A100),
    TimedRun("Llama 2 13B", 13e9, 2e12, 368_640, _A100),
    TimedRun("Llama 2 70B", 70e9, 2e12, 1_720_320, _A100),
    TimedRun("Llama 3 8B", 8e9, 15e12, 1.3e6, _H100),
    TimedRun("Llama 3 70B", 70e9, 15e12, 6.4e6, _H100),
    TimedRun("DeepSeek-V3", 37e9, 14.8e12, 2.664e6, _H100),
)


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (value > 0 and math.isfinite(value)):
            raise CourseError(f"{name} should be a positive number, not {value!r}.")
