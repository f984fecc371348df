"""JSON is changed in one place and nowhere else; a narrative is sound or it is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.raw_json import on_one_line, with_members, with_references
from exports.xhtml import is_narrative, narrative, paragraph, shown, table

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 53), 1 << 53) | st.text() | st.just("1.50"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(st.text(max_size=5) | st.just("reference"), values, max_size=5)
layouts = st.sampled_from([None, 1, "\t"])
RAW = b'{ "id" : "a\\u00e9" ,\r\n "value":1.50e1, "n": 0.10, "at":"2001-02-03T04:05:06.700+03:00"}'


some = st.dictionaries(st.text(max_size=5), values, max_size=3)


@given(whole=objects, others=some, indent=layouts)
def test_members_are_replaced_added_and_taken_away(
    whole: dict[str, Any], others: dict[str, Any], indent: Any
) -> None:
    body = json.dumps(whole, indent=indent).encode()
    wanted = {key: value for key, value in (whole | others).items() if key not in others}
    wanted |= {key: value for key, value in others.items() if value is not None}
    assert json.loads(with_members(body, others)) == wanted


def test_the_characters_beside_stay_as_they_came() -> None:
    assert with_members(RAW, {"id": None, "new": 1}) == (
        b'{"value":1.50e1,"n": 0.10,"at":"2001-02-03T04:05:06.700+03:00","new":1}'
    )
    assert on_one_line(RAW) == (
        b'{"id":"a\\u00e9","value":1.50e1,"n":0.10,"at":"2001-02-03T04:05:06.700+03:00"}'
    )


@given(whole=objects, indent=layouts)
def test_one_line_says_the_same(whole: dict[str, Any], indent: Any) -> None:
    line = on_one_line(json.dumps(whole, indent=indent, ensure_ascii=False).encode())
    assert json.loads(line) == whole
    assert b"\n" not in line
    assert b"\r" not in line


def test_a_raw_line_break_in_a_text_is_kept_as_an_escape() -> None:
    assert json.loads(on_one_line(b'{"a": "x\ny\t"}')) == {"a": "x\ny\t"}


def moved(said: str) -> str | None:
    return None if said == "gone" else f"to-{said}"


@given(whole=objects, indent=layouts)
def test_references_lead_elsewhere_and_nothing_else_changes(
    whole: dict[str, Any], indent: Any
) -> None:
    body = json.dumps(whole, indent=indent).encode()
    assert json.loads(with_references(body, moved, "no")) == expected(whole)


def expected(node: Any) -> Any:
    if isinstance(node, list):
        return [expected(item) for item in node]
    if not isinstance(node, dict):
        return node
    told = {}
    for key, value in node.items():
        if key == "reference" and isinstance(value, str):
            other = moved(value)
            told |= {"_reference": "no"} if other is None else {key: other}
        else:
            told[key] = expected(value)
    return told


def test_the_word_in_a_text_is_no_reference() -> None:
    body = json.dumps({"div": '{"reference": "x"}', "a": {"reference": "gone"}}).encode()
    assert json.loads(with_references(body, moved, "no")) == {
        "div": '{"reference": "x"}', "a": {"_reference": "no"},
    }  # fmt: skip


# ---- narratives

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


@pytest.mark.parametrize(
    "inside",
    [
        "", " ", "<p/>", "<p>x", "&nbsp;x", "<script>x</script>", '<p onclick="x()">x</p>',
        '<a href="javascript:x()">x</a>', "<iframe>x</iframe>", "<form>x</form>", "x\x00",
        '<p xmlns="urn:x">x</p>', "<object>x</object>",
        '<a href="javascr&#9;ipt:x()">x</a>', '<a href="&#1;java&#10;script&#x3a;x()">x</a>',
        '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>', '<a href="vb\u200bscript:x">x</a>',
        '<img src="data:image/svg+xml;base64,PHN2Zz4="/>',
    ],
)  # fmt: skip
def test_a_narrative_with_more_than_text_in_it_is_not_sound(inside: str) -> None:
    assert not is_narrative(DIV.format(inside))


@pytest.mark.parametrize(
    "div",
    [None, 5, "", "x", "<div>no namespace</div>", "<p xmlns='http://www.w3.org/1999/xhtml'>x</p>",
     '<!DOCTYPE div [<!ENTITY a "x">]>' + DIV.format("&a;"), "\ud800"],
)  # fmt: skip
def test_what_is_no_narrative_is_not_sound(div: object) -> None:
    assert not is_narrative(div)


@pytest.mark.parametrize(
    "inside",
    ['<a href="#below">x</a>', '<a href="https://example.org/a?b=c:d">x</a>', '<a name="x">x</a>',
     '<a href="Patient/1">x</a>', '<img src="data:image/png;base64,AAAA" alt="x"/>'],
)  # fmt: skip
def test_links_and_pictures_stay(inside: str) -> None:
    assert is_narrative(DIV.format(inside))


@given(st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=3))
def test_what_is_made_of_any_text_is_sound(text: str, rows: list[tuple[str, str]]) -> None:
    made = narrative(paragraph("x" + text) + table(("a", "b"), rows))
    assert is_narrative(made["div"])
    assert "<script" not in shown(text)
