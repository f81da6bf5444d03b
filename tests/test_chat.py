"""The chat: each token read once, a stop, a full conversation, one sentence for what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from companion import chat
from companion.data.byte_bpe import ByteLevelBPE
from companion.data.chat_tokens import END, START, ChatTokenizer
from companion.errors import CourseError
from companion.models import pretrained
from companion.models.generate import GREEDY, Sampling
from companion.models.llama import Llama
from companion.models.llama_config import LlamaConfig


@pytest.fixture(scope="module")
def tokenizer() -> ChatTokenizer:
    learned = ByteLevelBPE.train("system user assistant hello world " * 9, 300)
    marks = [*learned.vocab, "<|endoftext|>", START, END]
    return ChatTokenizer({token: i for i, token in enumerate(marks)}, learned.merges)


@pytest.fixture(scope="module")
def model(tokenizer: ChatTokenizer) -> Llama:
    made = Llama(
        LlamaConfig(
            num_layers=2,
            num_heads=4,
            num_kv_heads=2,
            hidden_dim=16,
            intermediate_dim=16,
            vocab_size=tokenizer.vocab_size,
            max_sequence_length=400,
        )
    )
    rng = np.random.default_rng(1)
    for variable in made.weights:
        variable.assign(rng.normal(0, 0.4, variable.shape) + ("scale" in variable.name))
    return made


def talk(model: Llama, tokenizer: ChatTokenizer, room: int = 200) -> chat.Talk:
    return chat.Talk(model, tokenizer, room=room, sampling=GREEDY)


def test_two_turns_say_what_reading_everything_anew_says(
    model: Llama, tokenizer: ChatTokenizer
) -> None:
    held = talk(model, tokenizer)
    for text in ("hello world", "and again"):
        pieces = [piece for piece, _ in zip(held.answer(text), range(6), strict=False)]
        ids = tokenizer.chat(held.messages[:-1])
        said: list[int] = []
        while len(tokenizer.decode(said)) < len("".join(p for p, _ in pieces)):
            said.append(int(np.argmax(model(np.array([ids + said]))[0, -1])))
        assert "".join(piece for piece, _ in pieces) == tokenizer.decode(said)
        assert all(0 < chance <= 1 for _, chance in pieces)


def test_whoever_stops_listening_keeps_what_was_said(
    model: Llama, tokenizer: ChatTokenizer
) -> None:
    held = talk(model, tokenizer)
    answer = held.answer("hello")
    piece, _ = next(answer)
    answer.close()
    assert held.messages == [("user", "hello"), ("assistant", piece)]


def test_a_full_conversation_ends_with_a_word_and_a_long_message_with_a_sentence(
    model: Llama, tokenizer: ChatTokenizer
) -> None:
    room = len(tokenizer.chat([("user", "hello")])) + 3
    held = talk(model, tokenizer, room)
    pieces = [piece for piece, _ in held.answer("hello")]
    assert "/new" in pieces[-1] or len(pieces) < 4
    with pytest.raises(CourseError, match="room for"):
        next(held.answer("world " * 100))
    assert len(held.messages) == 2


class Scripted:
    """A conversation that answers letter by letter, and is interrupted at a ``!``."""

    def __init__(self, *_: object, **__: object) -> None: ...

    def answer(self, text: str) -> Iterator[tuple[str, float]]:
        for letter in text:
            if letter == "!":
                raise KeyboardInterrupt
            if letter == "?":
                raise CourseError("no room.")
            yield letter, 0.5


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["ab", ""], "a[50%]b[50%]"),
        (["a!b", "c", ""], "a[50%] … (stopped)\nc[50%]"),
        (["?", ""], "no room."),
        (["/new", "c", ""], "c[50%]"),
    ],
)
def test_the_terminal(
    lines: list[str],
    expected: str,
    model: Llama,
    tokenizer: ChatTokenizer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(pretrained, "smollm2", lambda: (model, tokenizer))
    monkeypatch.setattr(chat, "Talk", Scripted)
    monkeypatch.setattr("builtins.input", lambda _: lines.pop(0))
    assert chat.main(["--chances", "--room", "300"]) == 0
    assert expected in capsys.readouterr().out
    assert not lines


def test_ctrl_c_at_the_prompt_and_bad_options_end_kindly(
    model: Llama,
    tokenizer: ChatTokenizer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(pretrained, "smollm2", lambda: (model, tokenizer))
    monkeypatch.setattr("builtins.input", interrupted)
    assert chat.main([]) == 2  # more room than this model has positions
    assert "positions" in capsys.readouterr().err
    assert chat.main(["--room", "100"]) == 0
    assert chat.main(["--temperature", "-1"]) == 2
    assert "temperature" in capsys.readouterr().err
    assert Sampling(temperature=0) == GREEDY
