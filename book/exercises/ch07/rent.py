"""Days and price of a training run on rented devices."""

from typing import Any

from companion.compute import Hardware, training_flops
from companion.exercises import mistake
from companion.exercises.compare import called, number, several


def rent(parameters, tokens, peak, utilisation, devices, price):
    seconds = 6 * parameters * tokens / (peak * utilisation)
    return seconds / devices / 86400, seconds / 3600 * price


@mistake("forward")
def forward_only(parameters, tokens, peak, utilisation, devices, price):
    seconds = 2 * parameters * tokens / (peak * utilisation)
    return seconds / devices / 86400, seconds / 3600 * price


@mistake("utilisation")
def peak_reached(parameters, tokens, peak, utilisation, devices, price):
    seconds = 6 * parameters * tokens / peak
    return seconds / devices / 86400, seconds / 3600 * price


@mistake("every device")
def one_device_paid(parameters, tokens, peak, utilisation, devices, price):
    seconds = 6 * parameters * tokens / (peak * utilisation) / devices
    return seconds / 86400, seconds / 3600 * price


@mistake("hours")
def hours(parameters, tokens, peak, utilisation, devices, price):
    seconds = 6 * parameters * tokens / (peak * utilisation)
    return seconds / devices / 3600, seconds / 3600 * price


def judge(answer: Any) -> None:
    for case in ((1.24e8, 2.5e9, 9.9e14, 0.35, 64, 2.0), (7e10, 1.4e12, 3e14, 0.5, 1000, 1.5)):
        parameters, tokens, peak, utilisation, devices, price = case
        machine = Hardware(
            name="x", peak_flops=peak, utilisation=utilisation, devices=devices, price=price
        )
        run = machine.run(training_flops(parameters, tokens))
        days = run.seconds / 86_400
        value = called(answer, *case, name="rent")
        value = several(value, ("days", "price"), name="rent")
        number(
            value[0],
            days,
            causes=[
                (days / 3, "that is the forward pass alone; six operations include the backward."),
                (days * utilisation, "no device reaches its peak: divide by the utilisation too."),
                (days * 24, "these are hours."),
            ],
            unit="days",
            name="The time",
        )
        causes = [(run.cost / devices, "every device is paid, not only one.")]
        number(value[1], run.cost, causes=causes, name="The price")
