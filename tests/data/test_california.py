"""The real data: the same table from each source, and a sentence for each way it can be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.data import FEATURES, TARGET, california, california_available, california_missing
from companion.errors import CourseError

HEADER = ",".join((*FEATURES, TARGET))
ROWS = "1,2,3,4,5,6,7,8,9\n2,3,4,5,6,7,8,9,10\n"
needs_data = pytest.mark.skipif(not california_available(), reason=california_missing())


@pytest.fixture
def empty_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path


def cache(folder: Path) -> Path:
    path = folder / "keras" / "datasets" / "california_housing.npz"
    path.parent.mkdir(parents=True)
    return path


@needs_data
def test_the_table_is_the_published_one() -> None:
    table = california()
    assert table.X.shape == (20_640, 8)
    # Pace and Barry's district with the highest count of people, and the known caps.
    assert table.column("population").max() == 35_682
    assert (table.y.min(), table.y.max()) == (14_999, 500_001)
    assert table.column("housing_median_age").max() == 52


@needs_data
def test_the_order_of_the_file_is_kept_where_it_is_asked_for() -> None:
    table, filed = california(), california(as_filed=True)
    rows = [np.column_stack([t.X, t.y]) for t in (table, filed)]
    assert not np.array_equal(*rows)
    np.testing.assert_array_equal(rows[1][np.lexsort(rows[1].T[::-1])], rows[0])


@needs_data
def test_keras_single_precision_cache_gives_the_same_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = california()
    order = np.random.default_rng(0).permutation(len(table))
    np.savez(
        cache(tmp_path),
        x=table.X[order].astype(np.float32),
        y=table.y[order].astype(np.float32),
    )
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    cached = california()
    np.testing.assert_array_equal(cached.X, table.X)
    np.testing.assert_array_equal(cached.y, table.y)


@needs_data
def test_swapped_columns_are_noticed(empty_machine: Path) -> None:
    rows = np.zeros((20_640, 9))
    np.savez(cache(empty_machine), x=rows[:, :8], y=rows[:, 8])
    with pytest.raises(CourseError, match="SHA-256 differs"):
        california()


def test_absent_data_is_one_sentence_with_the_way_out(empty_machine: Path) -> None:
    assert not california_available()
    message = california_missing()
    assert "COURSE_DATA_DIR" in message
    assert message.count(". ") == 0


@pytest.mark.parametrize("slip", ["{0}/none", "~/none", "'{0}'", "{0}", "{0}/housing.csv", "none"])
def test_a_slip_in_the_folder_s_name_is_shown(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch, slip: str
) -> None:
    """handson-ml's housing.csv lies in the folder; it is not the file that is looked for."""
    (empty_machine / "housing.csv").touch()
    slip = slip.format(empty_machine)
    monkeypatch.setenv("COURSE_DATA_DIR", slip)
    assert not california_available()
    said = california_missing()
    assert slip in said
    assert "no california_housing.csv" in said
    if not slip.startswith("~"):
        assert str(Path(slip).absolute()) in said


def test_the_home_folder_may_be_written_short(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(empty_machine))
    monkeypatch.setenv("COURSE_DATA_DIR", "~/data")
    (empty_machine / "data").mkdir()
    (empty_machine / "data" / "california_housing.csv").touch()
    assert california_available()


def test_a_machine_without_a_home_gets_an_answer(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KERAS_HOME")
    monkeypatch.delenv("COURSE_DATA_DIR")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # as it does for such a user
    monkeypatch.chdir(empty_machine)
    assert not california_available()
    assert "~/.keras" in california_missing()


def test_failed_download_is_one_sentence(
    empty_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    def offline(**_: object) -> None:
        raise OSError("no network")

    monkeypatch.setattr(keras.datasets.california_housing, "load_data", offline)
    with pytest.raises(CourseError, match="neither here nor to be downloaded"):
        california()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b,c\n1,2,3\n", "with the header longitude,"),
        ("", "with the header longitude,"),
        (f"{HEADER}s\n{ROWS}", "with the header longitude,"),
        (ROWS, "with the header longitude,"),
        (f"{HEADER}\n\n1,2,3,4,5,6,7,8,text\n", "table of numbers .*'text'"),
        (f"\ufeff{HEADER}\n{ROWS}", r"20640 rows .* shape is \(2, 9\)"),
        (f"{HEADER}\n{ROWS}", r"20640 rows .* shape is \(2, 9\)"),
        (f"{HEADER}\n{ROWS}1,2,3,4,5,6,7,8,9,10\n", "table of numbers"),
        (f'{HEADER}\n"1,2,3\n', "table of numbers"),
    ],
)
def test_broken_csv(empty_machine: Path, text: str, message: str) -> None:
    (empty_machine / "california_housing.csv").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match=message) as caught:
        california()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not a zip"])
def test_broken_cache(empty_machine: Path, content: bytes) -> None:
    cache(empty_machine).write_bytes(content)
    with pytest.raises(CourseError, match="cannot be read"):
        california()


def test_a_cache_with_pickled_objects_is_never_run(empty_machine: Path) -> None:
    harmful = np.array([{"a": 1}], dtype=object)
    np.savez(cache(empty_machine), x=harmful, y=harmful)
    with pytest.raises(CourseError, match="cannot be read"):
        california()
