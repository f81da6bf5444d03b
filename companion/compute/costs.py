"""Operations and memory of a training run; time, energy and money on some hardware."""

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


def _positive(**values: float) -> None:
    for name, value in values.items():
        if not (value > 0 and math.isfinite(value)):
            raise CourseError(f"{name} should be a positive number, not {value!r}.")
