"""``python -m companion.chat``: talk with SmolLM2 in the terminal, and see how sure it is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from companion.data.chat_tokens import END, ChatTokenizer
from companion.errors import CourseError

if TYPE_CHECKING:
    from companion.models.causal import CausalModel
    from companion.models.sampling import Sampling

READ_AT_ONCE = 32  # tokens of a prompt in one step; a rest is read singly
HELP = "An empty line or Ctrl-C ends, /new begins again; Ctrl-C stops an answer."


class Talk:
    """One conversation, whose tokens are each read once.

    Args:
        model: the language model.
        tokenizer: its own.
        room: most tokens of the conversation; memory is taken for all at once.
        sampling: how the next token is chosen.
        seed: of the draws.
    """

    def __init__(
        self,
        model: CausalModel,
        tokenizer: ChatTokenizer,
        *,
        room: int = 1024,
        sampling: Sampling,
        seed: int = 0,
    ) -> None:
        import tensorflow as tf

        self.tokenizer, self.room, self.sampling = tokenizer, room, sampling
        self.messages: list[tuple[str, str]] = []
        self._read: list[int] = []
        self._caches = model.empty_cache(1, room)
        self._random = np.random.default_rng(seed)
        self._step = tf.function(model.call_with_cache, jit_compile=True, autograph=False)

    def answer(self, text: str) -> Generator[tuple[str, float], None, None]:
        """Say something; yield each token of the answer as it comes, with its probability.

        A character of several tokens comes whole, with the last of them. Whoever stops listening
        has still been answered so far.

        Raises:
            CourseError: the conversation has no room for the text.
        """
        messages = [*self.messages, ("user", text)]
        wanted = self.tokenizer.chat(messages)
        if len(wanted) >= self.room:
            raise CourseError(
                f"This message makes the conversation {len(wanted):,} tokens long, and there is "
                f"room for {self.room:,}; say less, or begin again with /new."
            )
        logits = self._catch_up(wanted)
        self.messages, said, pending = messages, "", []
        try:
            while len(self._read) < self.room:
                token, chance = self._choose(logits)
                if token == self.tokenizer.vocab[END]:
                    return
                pending.append(token)
                piece = self.tokenizer.decode(pending)
                if not piece.endswith("\ufffd"):
                    said, pending = said + piece, []
                    yield piece, chance
                logits = self._take([token])
            yield f" … (the {self.room:,} tokens of this conversation are used; /new)", 1.0
        finally:
            self.messages = [*messages, ("assistant", said)]

    def _catch_up(self, wanted: list[int]) -> np.ndarray:
        """Read what is new in a conversation; return the logits after its last token."""
        same = 0
        while same < min(len(self._read), len(wanted) - 1) and self._read[same] == wanted[same]:
            same += 1
        # What was read beyond stays in the cache until it is written over; no token looks there.
        del self._read[same:]
        rest = wanted[same:]
        for start in range(0, len(rest) - len(rest) % READ_AT_ONCE, READ_AT_ONCE):
            logits = self._take(rest[start : start + READ_AT_ONCE])
        for token in rest[len(rest) - len(rest) % READ_AT_ONCE :]:
            logits = self._take([token])
        return logits

    def _take(self, tokens: list[int]) -> np.ndarray:
        import tensorflow as tf

        start = tf.constant(len(self._read))
        logits, self._caches = self._step(tf.constant([tokens]), self._caches, start)
        self._read += tokens
        return np.asarray(logits)

    def _choose(self, logits: np.ndarray) -> tuple[int, float]:
        draw = np.array([1 - self._random.random()], np.float32)
        token = int(self.sampling.choose(logits, draw)[0])
        return token, float(1 / np.exp(logits[0] - logits[0, token]).sum())


def main(arguments: Sequence[str] | None = None) -> int:
    """Talk until an empty line, the end of the input, or Ctrl-C; return the exit status."""
    options = _parser().parse_args(arguments)
    print("Loading SmolLM2-135M-Instruct; the first answer also compiles it …", flush=True)
    try:
        from companion.models.pretrained import smollm2
        from companion.models.sampling import Sampling

        sampling = Sampling(temperature=options.temperature, top_p=options.top_p)
        model, tokenizer = smollm2()
        model.check_length(options.room)
        print(HELP)
        settings = {"room": options.room, "sampling": sampling, "seed": options.seed}
        while _converse(Talk(model, tokenizer, **settings), chances=options.chances):
            print("A new conversation.")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    except (KeyboardInterrupt, EOFError):
        print()
    return 0


def _converse(talk: Talk, *, chances: bool) -> bool:
    """Hold one conversation; tell whether another is wanted."""
    while text := input("\nyou> ").strip():
        if text == "/new":
            return True
        try:
            for piece, chance in talk.answer(text):
                print(f"{piece}[{chance:.0%}]" if chances else piece, end="", flush=True)
        except CourseError as error:
            print(error, end="")
        except KeyboardInterrupt:
            print(" … (stopped)", end="")
        print()
    return False


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m companion.chat", description=__doc__, epilog=HELP)
    parser.add_argument("--temperature", type=float, default=0.7, help="0: always the likeliest")
    parser.add_argument("--top-p", type=float, default=0.9, help="leave out the least likely rest")
    parser.add_argument("--room", type=int, default=1024, help="most tokens of a conversation")
    parser.add_argument("--seed", type=int, default=0, help="of the draws")
    parser.add_argument("--chances", action="store_true", help="show each token's probability")
    return parser


if __name__ == "__main__":
    sys.exit(main())
