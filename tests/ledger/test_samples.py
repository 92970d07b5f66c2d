"""The sample cases go through an office: every document of the city that they have come to is issued."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path

import offices
import samples
from offices import CLERK, Desk

from generator import issuing, pipeline
from generator.issuing import Order
from generator.register import verify


def test_the_samples_office(desk: Desk, tmp_path: Path) -> None:
    documents = runpy.run_path(str(samples.ROOT / "fixtures" / "office.py"))["documents"]
    known, register = pipeline.schemes(samples.FORMS), desk.register()
    given: dict[tuple[str, str], list[int]] = {}
    for on, path, form, nth in sorted(documents()):
        done = issuing.issue(register, offices.assessed(path, known), known, Order(form, nth, on), CLERK)
        assert not done.again
        given.setdefault((done.entry.series, done.entry.year), []).append(done.entry.number)
    assert len(given) >= 4 and sum(map(len, given.values())) >= 20
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in given.values())
    assert list(verify(register)) == []
    # later documents quote what was issued; nothing is seen as edited
    register = desk.register()
    for one in pipeline.check(samples.ALL, known, laid_out=False, register=register):
        assert one.fine, one.problems
    sample = samples.ROOT / "fixtures" / "kawasaki-sdgs-model" / "R5-001.yaml"
    (done,) = pipeline.render([sample], known, tmp_path / "out", ("pdf",), register=register)
    assert done.folder is not None
    for entry in register.documents(offices.assessed(sample, known).case).values():
        for name in entry.hashes:
            if name.endswith(".pdf"):
                assert (done.folder / name).read_bytes() == register.archive.read(entry, name)


def test_an_edit_tells_its_place(desk: Desk, tmp_path: Path) -> None:
    """The amount decided is changed after the notice went out: the problem stands where the clerk typed."""
    known = pipeline.schemes(samples.FORMS)
    path = tmp_path / "R5-001.yaml"
    text = (samples.ROOT / "fixtures" / "kawasaki-sdgs-model" / path.name).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    issuing.issue(desk.register(), offices.assessed(path, known), known, Order("04"), CLERK)
    path.write_text(text.replace("補助金交付限度額: 500,000円", "補助金交付限度額: 490,000円"), encoding="utf-8")
    (one,) = pipeline.check([path], known, register=desk.register())
    told = [p for p in one.problems if p.level == "error"]
    assert told and all("--reissue" in p.hint for p in told)
    assert any("500,000" in p.message and "490,000" in p.message for p in told)
    again = issuing.issue(
        desk.register(),
        offices.assessed(path, known),
        known,
        Order("04", reissue=True, reason="決定額の訂正"),
        replace(CLERK, who="another"),
    )
    assert (again.entry.number, again.entry.revision, again.entry.who) == (2, 2, "another")
    (one,) = pipeline.check([path], known, register=desk.register())
    assert one.fine
