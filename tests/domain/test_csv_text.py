from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peerapp.domain.csv_text import (
    MAX_BYTES,
    NotReadable,
    arm,
    decode,
    disarm,
    read_rows,
    write_rows,
)

STARTS = list("=+-@\t\r\n\0＝＋－＠﹢﹣﹦﹫")


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "'", "''", "' "])
@pytest.mark.scorecard("1.2.10")
def test_disarm_puts_an_apostrophe_before_every_formula(start: str, before: str) -> None:
    text = f"{before}{start}1+1"
    assert disarm(text) == f"'{text}"
    assert arm(disarm(text)) == text


@pytest.mark.parametrize("text", ["", "Ann", "'t Hooft", "O'Neill", "a=b", "1-2", "''", "'"])
@pytest.mark.scorecard("1.2.10", control=True)
def test_disarm_leaves_everything_else(text: str) -> None:
    assert disarm(text) == text
    assert arm(text) == text


@given(st.text())
def test_arm_undoes_disarm(text: str) -> None:
    assert arm(disarm(text)) == text


@given(st.text(alphabet=st.sampled_from("'=+-@ \t＝a")))
def test_disarm_leaves_no_formula_and_arm_undoes_it(text: str) -> None:
    assert disarm(text).lstrip()[:1] not in {"=", "+", "-", "@", "＝"}
    assert arm(disarm(text)) == text


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        (b"", None, "empty"),
        (b" \r\n\t", None, "empty"),
        (b"a" * (MAX_BYTES + 1), None, "5 MB"),
        (b"PK\x03\x04 rest", None, "workbook"),
        (b"\xd0\xcf\x11\xe0 rest", None, "workbook"),
        ("a,b".encode("utf-16"), None, "UTF-16"),
        ("a,b".encode("utf-16-le"), None, "UTF-16"),
        ("a\nb\né".encode("latin-1"), 3, "UTF-8"),
    ],
)
def test_decode_says_what_the_file_seems_to_be(content: bytes, line: int | None, word: str) -> None:
    with pytest.raises(NotReadable) as caught:
        decode(content)
    assert (caught.value.fault.line, word in caught.value.fault.reason) == (line, True)


def test_decode_takes_a_byte_order_mark_and_none() -> None:
    assert decode("é,b".encode()) == decode("é,b".encode("utf-8-sig")) == "é,b"


def test_decode_takes_a_file_of_exactly_the_greatest_size() -> None:
    assert len(decode(b"a" * MAX_BYTES)) == MAX_BYTES


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_rows_counts_lines_inside_quotes(end: str) -> None:
    text = end.join(["a,b", '"two', 'lines",x', "", "last,y"])
    lines = [(line, cells[-1]) for line, cells in read_rows(text)]
    assert lines == [(1, "b"), (2, "x"), (5, "y")]


def test_read_rows_leaves_blank_rows_out() -> None:
    assert list(read_rows("a,b\n , \n\nc,d\n")) == [(1, ["a", "b"]), (4, ["c", "d"])]


@pytest.mark.parametrize("text", ['a,b\n"open,x\nc,d', 'a,b\n"x"y,z'])
def test_read_rows_names_the_line_where_a_quote_goes_wrong(text: str) -> None:
    with pytest.raises(NotReadable) as caught:
        list(read_rows(text))
    assert caught.value.fault.line == 2


@pytest.mark.scorecard("1.2.10")
def test_write_rows_begins_with_a_mark_and_has_no_live_formula() -> None:
    text = write_rows(["a", "b"], [["=1+1", 'say "x"'], ["two\nlines", "'t Hooft"]])
    assert text == '\ufeffa,b\r\n\'=1+1,"say ""x"""\r\n"two\nlines",\'t Hooft\r\n'
    assert list(csv.reader(io.StringIO(text[1:])))[1] == ["'=1+1", 'say "x"']
