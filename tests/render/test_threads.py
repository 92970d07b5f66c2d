"""Renderers in a server: many threads draw at once, and what is kept is bounded and whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import samples

from generator import render
from generator.document import Document
from generator.render import docx, pdf, xlsx
from generator.render.cache import Cache
from generator.render.docx.prepared import PreparedLetters
from generator.render.pdf import prepared
from generator.render.pdf.fonts import embedded
from generator.render.xlsx.prepared import PreparedWorkbooks

_THREADS = 16


def documents() -> list[Document]:
    return [d for sample in (samples.PLAIN, samples.RICH) for d in samples.documents(sample)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Caches so small that something is always thrown out while others look."""
    monkeypatch.setattr("generator.render.xlsx.prepared._MOST", 2)
    monkeypatch.setattr("generator.render.docx.prepared._MOST", 2)
    monkeypatch.setattr(xlsx, "_WORKBOOKS", PreparedWorkbooks())
    monkeypatch.setattr(docx, "_LETTERS", PreparedLetters(docx._drawn))
    monkeypatch.setattr(prepared, "_prepared_sheets", Cache(2))
    monkeypatch.setattr(prepared, "_reading_orders", Cache(2))
    yield


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("format_", render.FORMATS)
def test_sixteen_threads_draw_the_same_bytes(format_: str) -> None:
    draw = render.renderer(format_)
    given = [d for d in documents() if format_ != "docx" or any(s.word for s in d.sheets)]
    alone = [draw(d) for d in given]
    begin = Barrier(_THREADS)

    def work(first: int) -> list[bytes]:
        begin.wait()
        turned = given[first:] + given[:first]
        made = [draw(d) for d in turned]
        return made[len(given) - first :] + made[: len(given) - first]

    with ThreadPoolExecutor(_THREADS) as threads:
        for made in threads.map(work, [n % len(given) for n in range(_THREADS)]):
            assert made == alone


def test_a_cache_keeps_what_was_asked_for_last() -> None:
    kept: Cache[str] = Cache(2)
    made: list[str] = []

    def make(word: str) -> Callable[[], str]:
        return lambda: made.append(word) or word  # type: ignore[func-returns-value,redundant-expr]

    for word in ("a", "b", "a", "c", "a", "b"):
        assert kept.get(word, make(word)) == word
    assert made == ["a", "b", "c", "b"] and len(kept) == 2


def test_gaps_between_codes_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "_MOST", 10)
    monkeypatch.setattr(embedded, "_zeros", embedded._Zeros())
    places = [(n * (n + 1) // 2, n) for n in range(1, 300)]
    whole = embedded._places(places)
    assert len(embedded._zeros) <= 10 and embedded._places(places) == whole


def test_files_of_one_document_share_what_was_drawn_and_nothing_outlives_them() -> None:
    (document, *_) = samples.documents(samples.ALL[0])
    drawings = pdf.Drawings()
    file = document.sheets[0].file
    assert pdf.render(document.only(file), drawings=drawings) == pdf.render(document.only(file))
    assert pdf.render(document, drawings=drawings) == pdf.render(document)
