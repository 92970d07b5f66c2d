"""Text in XML is written as the standard library writes it."""

from __future__ import annotations

from xml.sax import saxutils

from hypothesis import example, given
from hypothesis import strategies as st

from generator.render import markup


@given(st.text(st.sampled_from("&<>\"'\n\r\t;a見")))
@example("a\"b'c&<>\n")
def test_as_the_standard_library(text: str) -> None:
    assert markup.escape(text) == saxutils.escape(text)
    assert markup.quoteattr(text) == saxutils.quoteattr(text)
