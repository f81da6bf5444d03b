"""Choose on validation rows, and open the test rows once."""

from typing import Any

import numpy as np

from companion.exercises import ToDo, Wrong, mistake
from companion.exercises.compare import called, number


def honest(score, settings, validation, test):
    best = max(settings, key=lambda setting: score(setting, validation))
    return best, score(best, test)


@mistake("chosen by the test rows")
def peeked(score, settings, validation, test):
    best = max(settings, key=lambda setting: score(setting, test))
    return best, score(best, test)


@mistake("the validation score")
def flattered(score, settings, validation, test):
    best = max(settings, key=lambda setting: score(setting, validation))
    return best, score(best, validation)


@mistake("opened once")
def looked(score, settings, validation, test):
    tested = [score(setting, test) for setting in settings]
    judged = [score(setting, validation) for setting in settings]
    best = max(range(len(settings)), key=lambda i: judged[i])
    return settings[best], tested[best]


@mistake("lowest score")
def worst(score, settings, validation, test):
    best = min(settings, key=lambda setting: score(setting, validation))
    return best, score(best, test)


def judge(answer: Any) -> None:
    tables: list[tuple[dict[float, float], dict[float, float]]] = [
        ({0.1: 0.7, 1.0: 0.9, 10.0: 0.8}, {0.1: 0.65, 1.0: 0.6, 10.0: 0.85}),
        ({1.0: 0.95, 2.0: 0.2, 3.0: 0.4, 4.0: 0.3}, {1.0: 0.5, 2.0: 0.55, 3.0: 0.9, 4.0: 0.1}),
    ]
    for on_validation, on_test in tables:
        opened = 0

        def score(
            setting: float,
            rows: str,
            valid: dict[float, float] = on_validation,
            final: dict[float, float] = on_test,
        ) -> float:
            nonlocal opened
            opened += rows == "test rows"
            return (final if rows == "test rows" else valid)[setting]

        given = (score, list(on_validation), "validation rows", "test rows")
        got = called(answer, *given, name="honest")
        if got is ... or got is None:
            raise ToDo
        try:
            setting, value = (float(np.asarray(part)) for part in got)
        except (TypeError, ValueError):
            raise Wrong("honest should return a setting and its score, two values.") from None
        chosen = max(on_validation.items(), key=lambda item: item[1])[0]
        if setting == max(on_test.items(), key=lambda item: item[1])[0] != chosen:
            raise Wrong("The setting is chosen by the test rows; choose on validation.")
        if setting == min(on_validation.items(), key=lambda item: item[1])[0]:
            raise Wrong("The setting has the lowest score; a higher score is better.")
        if setting != chosen:
            raise Wrong(f"The setting should be {chosen}, not {setting}.")
        causes = [(on_validation[chosen], "it is the validation score, which is flattered.")]
        number(value, on_test[chosen], causes=causes, name="the score")
        if opened != 1:
            raise Wrong(f"The test rows should be opened once, for the chosen; not {opened} times.")
