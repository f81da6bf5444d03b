"""Choose the split that answers a question."""

from typing import Any

from companion.exercises import mistake
from companion.exercises.compare import choice

judged_on = "shuffled"

last = mistake("another part of the country")("last")
training = mistake("has seen")("training")
something_else = mistake("one of")("random")


def judge(answer: Any) -> None:
    choice(
        answer,
        "shuffled",
        {
            "last": "the last rows are another part of the country, the north; you did not ask "
            "about it.",
            "training": "the model has seen these rows, so it can do well by remembering.",
        },
        name="judged_on",
    )
