"""Choose on validation rows, and open the test rows once."""

from typing import Any

from companion.exercises import Wrong, mistake
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
    tables: list[tuple[dict[str, float], dict[str, float]]] = [
        ({"a": 0.7, "b": 0.9, "c": 0.8}, {"a": 0.85, "b": 0.6, "c": 0.75}),
        ({"a": 0.95, "b": 0.2, "c": 0.4, "d": 0.3}, {"a": 0.5, "b": 0.55, "c": 0.9, "d": 0.1}),
    ]
    for on_validation, on_test in tables:
        opened = 0

        def score(
            setting: str,
            rows: str,
            valid: dict[str, float] = on_validation,
            final: dict[str, float] = on_test,
        ) -> float:
            nonlocal opened
            opened += rows == "test rows"
            return (final if rows == "test rows" else valid)[setting]

        given = (score, list(on_validation), "validation rows", "test rows")
        got = called(answer, *given, name="honest")
        if not isinstance(got, tuple | list) or len(got) != 2:
            raise Wrong("honest should return two values: the setting chosen, and its score.")
        chosen = max(on_validation.items(), key=lambda item: item[1])[0]
        if got[0] != chosen:
            if got[0] == max(on_test.items(), key=lambda item: item[1])[0]:
                raise Wrong("The setting is chosen by the test rows; choose on validation.")
            if got[0] == min(on_validation.items(), key=lambda item: item[1])[0]:
                raise Wrong("The setting has the lowest score; a higher score is better.")
            raise Wrong(f"The setting should be {chosen!r}, not {got[0]!r:.40}.")
        causes = [(on_validation[chosen], "it is the validation score, which is flattered.")]
        number(got[1], on_test[chosen], causes=causes, name="the score")
        if opened != 1:
            raise Wrong(f"The test rows should be opened once, for the chosen; not {opened} times.")
