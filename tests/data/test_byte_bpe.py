"""GPT-2's tokenizer: the published library's tokens, any Unicode back again, broken files named."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from companion.data.byte_bpe import ByteLevelBPE, byte_letters, split_words
from companion.data.corpus import keras_source
from companion.errors import CourseError
from companion.files import LFS_POINTER

CORPUS = keras_source()[:200_000]
OTHER = keras_source()[3_000_000:3_050_000]
TRAINED = ByteLevelBPE.train(CORPUS, 700, ["<|endoftext|>"])
ASSIGNED = [
    chr(code)
    for code in range(0x110000)
    if unicodedata.category(chr(code)) not in ("Cn", "Cs")  # later versions assign more
]
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


def theirs(folder: Path) -> Tokenizer:
    tokenizer = Tokenizer(
        models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt"))
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    TRAINED.save(tmp_path)
    return tmp_path


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
    assert [tuple(pair) for pair in model["merges"]] == TRAINED.merges
    assert {**model["vocab"], "<|endoftext|>": 699} == TRAINED.vocab


def test_tokens_are_theirs_and_texts_come_back(folder: Path) -> None:
    reference = theirs(folder)
    for text in [CORPUS, OTHER, *TRICKY, *random_texts(400)]:
        ids = TRAINED.encode(text)
        assert ids.dtype == np.int32
        assert ids.tolist() == reference.encode(text, add_special_tokens=False).ids
        assert TRAINED.decode(ids) == text


def test_words_are_theirs_for_every_character() -> None:
    reference = pre_tokenizers.ByteLevel(add_prefix_space=False)
    for start in range(0, len(ASSIGNED), 500):
        text = "".join(f"a{c}1 {c}{c}  {c}'s" for c in ASSIGNED[start : start + 500])
        words = split_words(text)
        assert "".join(words) == text
        letters = ["".join(byte_letters()[byte] for byte in word.encode()) for word in words]
        assert letters == [word for word, _ in reference.pre_tokenize_str(text)]


def test_letters_are_the_published_ones() -> None:
    assert sorted(byte_letters()) == sorted(pre_tokenizers.ByteLevel.alphabet())
    assert byte_letters()[ord("A")] == "A"
    assert byte_letters()[ord(" ")] == "Ġ"
    assert byte_letters()[ord("\n")] == "Ċ"


def test_files_come_back(folder: Path) -> None:
    again = ByteLevelBPE.load(folder)
    assert again.vocab == TRAINED.vocab
    assert again.merges == TRAINED.merges
    assert {path.name for path in folder.iterdir()} == {"vocab.json", "merges.txt"}


def test_the_library_s_own_files_are_read(folder: Path, tmp_path: Path) -> None:
    written = tmp_path / "theirs"
    written.mkdir()
    theirs(folder).model.save(str(written))
    assert ByteLevelBPE.load(written).encode(OTHER).tolist() == TRAINED.encode(OTHER).tolist()


def test_a_text_cannot_fake_a_special_token() -> None:
    special = TRAINED.vocab["<|endoftext|>"]
    assert special not in TRAINED.encode("a<|endoftext|>b")
    assert TRAINED.decode([special]) == "<|endoftext|>"


@pytest.mark.parametrize("special", [["Ġthe"], ["a"], ["<s>", "<s>"]])
def test_a_special_token_is_no_ordinary_one(special: list[str]) -> None:
    with pytest.raises(CourseError, match=repr(special[-1])):
        ByteLevelBPE.train(CORPUS, 400, special)


def test_a_special_token_may_look_like_two_others_in_brackets_only() -> None:
    text = "</ s> E OS " * 30
    assert "</s>" in ByteLevelBPE.train(text, 300, ["</s>"]).vocab
    with pytest.raises(CourseError, match="'EOS'"):
        ByteLevelBPE.train(text, 300, ["EOS"])


@pytest.mark.parametrize("kept", [1, 20, 442])
def test_merges_that_are_cut_short_are_noticed(folder: Path, kept: int) -> None:
    path = folder / "merges.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(lines[: 1 + kept]) + "\n", encoding="utf-8")
    with pytest.raises(CourseError, match="cut short"):
        ByteLevelBPE.load(folder)


@pytest.mark.parametrize("name", ["vocab.json", "merges.txt"])
def test_a_byte_order_mark_and_a_pointer_of_git_lfs(folder: Path, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(b"\xef\xbb\xbf" + content)
    assert ByteLevelBPE.load(folder).merges == TRAINED.merges
    (folder / name).write_bytes(LFS_POINTER + b"v1\n")
    with pytest.raises(CourseError, match="git lfs pull"):
        ByteLevelBPE.load(folder)


def test_half_a_character_is_shown_as_such() -> None:
    half = TRAINED.encode("é")[:1]
    assert TRAINED.decode(half) == "\ufffd"


def test_fewer_tokens_than_bytes() -> None:
    assert len(TRAINED.encode(OTHER)) < 0.6 * len(OTHER)
    assert TRAINED.tokens("from keras.src import") == ["from", "Ġkeras", ".", "src", "Ġimport"]
    assert TRAINED.vocab_size == 700


def test_what_cannot_be_encoded_or_decoded() -> None:
    with pytest.raises(CourseError, match="half a surrogate pair"):
        TRAINED.encode("a\ud800")
    for ids, cause in (([700], "0 to 699"), ([-1], "0 to 699"), ([0.5], "float64")):
        with pytest.raises(CourseError, match=cause):
            TRAINED.decode(ids)
    with pytest.raises(CourseError, match="at least 257 tokens; 200 are too few"):
        ByteLevelBPE.train(CORPUS, 200, ["<|endoftext|>"])


BYTES = {letter: i for i, letter in enumerate(byte_letters())}
HEADER = "#version: 0.2\n"


@pytest.mark.parametrize(
    ("vocab", "merges", "message"),
    [
        (None, HEADER, "no file vocab.json"),
        (BYTES, None, "no file merges.txt"),
        (b'{"a": 0, "b"', HEADER, "vocab.json is not whole JSON"),
        (b"", HEADER, "vocab.json is not whole JSON"),
        (b"[" * 100_000, HEADER, "not whole JSON|nested too deeply"),
        (b"\xff\xfe", HEADER, "vocab.json is not UTF-8"),
        ([1, 2], HEADER, "should be a JSON object"),
        ({}, HEADER, "should be a JSON object"),
        ({**BYTES, "ab": "256"}, HEADER, "the value '256'"),
        ({**BYTES, "ab": True}, HEADER, "the value 'True'"),
        ({**BYTES, "ab": 300}, HEADER, "numbered 0 to 256"),
        ({**BYTES, "ab": 5}, HEADER, "numbered 0 to 256"),
        (b'{"a": 0, "a": 1}', HEADER, "'a' twice"),
        ({**BYTES, "ab": 256.0}, HEADER, "the value '256.0'"),
        ({"a": 0, "b": 1}, HEADER, "lacks 254 of the 256"),
        ({**BYTES, "漢": 256}, HEADER, "'漢', which stands for no byte"),
        (BYTES, HEADER + "a b\n", "needs 'ab', which the vocabulary lacks"),
        ({**BYTES, "ab": 256}, HEADER + "a b c\n", "Line 2 .* 'a b c'"),
        ({**BYTES, "ab": 256}, HEADER + "a b\n\na b", "Line 3 .* ''"),
        ({**BYTES, "ab": 256}, HEADER + "a b\na b\n", "Line 3 .* repeats"),
        ({**BYTES, "ab": 256}, HEADER + "a \n", "Line 2 .* 'a '"),
        (BYTES, b"a \xff\n", "merges.txt is not UTF-8"),
    ],
)
def test_broken_files(tmp_path: Path, vocab: object, merges: object, message: str) -> None:
    for name, content in (("vocab.json", vocab), ("merges.txt", merges)):
        if content is not None:
            text = (
                content
                if isinstance(content, str)
                else json.dumps(content)
                if not isinstance(content, bytes)
                else ""
            )
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else text.encode())
    with pytest.raises(CourseError, match=message) as caught:
        ByteLevelBPE.load(tmp_path)
    assert "\n" not in str(caught.value)


def test_files_with_windows_line_ends_or_without_a_header(folder: Path) -> None:
    path = folder / "merges.txt"
    lines = path.read_text(encoding="utf-8")
    for text in (lines.replace("\n", "\r\n"), lines.split("\n", 1)[1]):
        path.write_bytes(text.encode())
        assert ByteLevelBPE.load(folder).merges == TRAINED.merges
