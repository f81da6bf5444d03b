"""GPT-2's tokenizer: the published library's tokens, any Unicode back again, its faults named."""

from __future__ import annotations

import json
import unicodedata

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from companion.data.byte_bpe import ByteLevelBPE, byte_letters, split_words
from companion.data.corpus import keras_source
from companion.errors import CourseError

CORPUS = keras_source()[:200_000]
OTHER = keras_source()[3_000_000:3_050_000]
LEARNED = ByteLevelBPE.train(CORPUS, 699)
TRAINED = ByteLevelBPE({**LEARNED.vocab, "<|endoftext|>": 699}, LEARNED.merges)
# Later versions of Unicode assign more characters.
KINDS = {c: unicodedata.category(c) for c in map(chr, range(0x110000))}
ASSIGNED = [c for c, kind in KINDS.items() if kind not in ("Cn", "Cs")]
THEIR_WORDS = pre_tokenizers.ByteLevel(add_prefix_space=False)
TRICKY = [
    "",
    " ",
    "a",
    "Don't stop; we'll  see\t\n\n  x=12²Ⅷ ½",
    "\x1c\x1d\x85\xa0\u2028\u3000 e\u0301é ﬁ",
    "漢字かな 汉字 한국어 العربية हिन्दी ไทย",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "<|endoftext|> isn't special in a text",
    "\x00\ufffd\ufeff",
]


def theirs() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(vocab=TRAINED.vocab, merges=TRAINED.merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def random_texts(number: int) -> list[str]:
    """Runs of one script, as text has, and jumps between them."""
    rng = np.random.default_rng(0)
    texts = []
    for _ in range(number):
        starts = rng.integers(0, len(ASSIGNED), 4)
        places = rng.choice(starts, 30) + rng.integers(0, 40, 30)
        characters = [ASSIGNED[i % len(ASSIGNED)] for i in places]
        texts.append(
            "".join(c if rng.random() < 0.8 else rng.choice(list(" '\n\ta1")) for c in characters)
        )
    return texts


def test_training_gives_the_published_trainer_s_vocabulary() -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=699,
        min_frequency=2,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([CORPUS], trainer)
    model = json.loads(tokenizer.to_str())["model"]
    assert [tuple(pair) for pair in model["merges"]] == LEARNED.merges
    assert model["vocab"] == LEARNED.vocab


def test_tokens_are_theirs_and_texts_come_back() -> None:
    reference = theirs()
    for text in [CORPUS, OTHER, *TRICKY, *random_texts(400)]:
        ids = TRAINED.encode(text)
        assert ids.dtype == np.int32
        assert ids.tolist() == reference.encode(text, add_special_tokens=False).ids
        assert TRAINED.decode(ids) == text


@pytest.mark.parametrize(("kind", "edge"), [("L", "a"), ("N", "1"), ("MPSC", "!")])
def test_every_character_is_of_their_kind(kind: str, edge: str) -> None:
    """What has one word with its edges is of their kind, each character: so say both."""
    alike = [c for c in ASSIGNED if KINDS[c][0] in kind and not c.isspace()]
    for start in range(0, len(alike), 500):
        text = "".join([edge, *alike[start : start + 500], edge])
        assert split_words(text) == [text]
        assert [place for _, place in THEIR_WORDS.pre_tokenize_str(text)] == [(0, len(text))]


def test_words_are_theirs_around_characters_of_every_kind() -> None:
    letters = byte_letters()
    rare = [c for i, c in enumerate(ASSIGNED) if KINDS[c] not in ("Lo", "Co") or i % 20 == 0]
    for start in range(0, len(rare), 100):
        text = "".join(f"a{c}1 {c}{c}  {c}'s" for c in rare[start : start + 100])
        words = split_words(text)
        assert "".join(words) == text
        shown = ["".join([letters[byte] for byte in word.encode()]) for word in words]
        assert shown == [word for word, _ in THEIR_WORDS.pre_tokenize_str(text)]


def test_letters_are_the_published_ones() -> None:
    assert sorted(byte_letters()) == sorted(pre_tokenizers.ByteLevel.alphabet())
    assert byte_letters()[ord("A")] == "A"
    assert byte_letters()[ord(" ")] == "Ġ"
    assert byte_letters()[ord("\n")] == "Ċ"


def test_a_text_cannot_fake_a_special_token() -> None:
    special = TRAINED.vocab["<|endoftext|>"]
    assert special not in TRAINED.encode("a<|endoftext|>b")
    assert TRAINED.decode([special]) == "<|endoftext|>"


def test_half_a_character_is_shown_as_such() -> None:
    half = TRAINED.encode("é")[:1]
    assert TRAINED.decode(half) == "\ufffd"


def test_fewer_tokens_than_bytes() -> None:
    assert len(TRAINED.encode(OTHER)) < 0.6 * len(OTHER)
    pieces = [TRAINED.decode([token]) for token in TRAINED.encode("from keras.src import")]
    assert pieces == ["from", " keras", ".", "src", " import"]
    assert TRAINED.vocab_size == 700


def test_what_cannot_be_encoded_or_decoded() -> None:
    with pytest.raises(CourseError, match="half a surrogate pair"):
        TRAINED.encode("a\ud800")
    for ids, cause in (([700], "0 to 699"), ([-1], "0 to 699"), ([0.5], "float64")):
        with pytest.raises(CourseError, match=cause):
            TRAINED.decode(ids)
    with pytest.raises(CourseError, match="at least 256 tokens; 200 are too few"):
        ByteLevelBPE.train(CORPUS, 200)


BYTES = {letter: i for i, letter in enumerate(byte_letters())}


@pytest.mark.parametrize(
    ("vocab", "merges", "message"),
    [
        ({**BYTES, "ab": 300}, [], "numbered 0 to 256"),
        ({**BYTES, "ab": 5}, [], "numbered 0 to 256"),
        ({"a": 0, "b": 1}, [], "lacks 254 of the 256"),
        ({**BYTES, "漢": 256}, [], "'漢', which is no byte"),
        (BYTES, [("a", "b")], "needs 'ab', which the vocabulary lacks"),
        ({**BYTES, "abc": 256}, [("ab", "c")], "needs 'ab', which the vocabulary lacks"),
    ],
)
def test_vocabularies_that_do_not_fit(
    vocab: dict[str, int], merges: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(CourseError, match=message):
        ByteLevelBPE(vocab, merges)
