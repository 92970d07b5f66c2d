"""What is carried to another computer of a case, and what is remembered of what was read, is what the register says."""

from __future__ import annotations

import sqlite3

import offices
import pytest
import samples
from offices import Desk, assessed

from generator.problem import UnavailableError, UnreadableError
from generator.register import issued_diff, snapshot
from generator.register.tracked_records import TrackedRecords


def test_a_snapshot_says_what_the_register_says(desk: Desk) -> None:
    path = desk.case("a-1")
    desk.issue(path)
    case, reading = assessed(path, offices.known()).case, desk.register().reading()
    taken = snapshot.take(reading, "tiny", "a-1")
    assert taken.reading() is taken
    assert taken.entries(case) == reading.entries(case) != ()
    assert taken.fingerprint_of("tiny", "A-1") == reading.fingerprint_of("tiny", "A-1") == taken.fingerprint(case)
    assert taken.issued_files(case) == reading.issued_files(case) != {}
    for other in (("tiny", "A-2"), ("lecture", "A-1")):
        with pytest.raises(UnreadableError) as refused:
            taken.fingerprint_of(*other)
        assert [p.code for p in refused.value.problems] == ["register.number-unreadable"]
    other_case = assessed(desk.case("A-2"), offices.known()).case
    assert snapshot.take(reading, "tiny", "A-2").entries(other_case) == ()
    with pytest.raises(UnreadableError):
        taken.entries(other_case)


def test_what_could_not_be_read_is_told_where_it_is_asked_for(desk: Desk) -> None:
    path = desk.case("A-1")
    folder = desk.issue(path).folder
    assert folder is not None
    case, register = assessed(path, offices.known()).case, desk.register()
    (folder / "04-decision.pdf").unlink()
    taken = snapshot.take(register.reading(), "tiny", "A-1")
    (entry,) = taken.entries(case)
    assert taken.read(entry, "case.yaml") == path.read_bytes()
    for records in (taken, register):
        with pytest.raises(UnavailableError) as lost:
            records.read(entry, "04-decision.pdf")
        assert [p.code for p in lost.value.problems] == ["register.document-lost"]
    reading = register.reading()
    assert reading.knows("tiny", "A-1")
    with sqlite3.connect(desk.root / "register.db") as connection:
        connection.execute("ALTER TABLE yoshiki_entry RENAME TO other")
    connection.close()
    taken = snapshot.take(reading, "tiny", "A-1")
    with pytest.raises(UnavailableError):
        taken.entries(case)


def test_what_was_read_is_remembered(desk: Desk) -> None:
    path = desk.case("A-1")
    folder = desk.issue(path).folder
    assert folder is not None
    case, register = assessed(path, offices.known()).case, desk.register()
    watched = TrackedRecords(register)
    assert watched.reading() is watched
    assert watched.fingerprint_of("tiny", "A-1") == register.fingerprint_of("tiny", "A-1") == watched.fingerprint(case)
    (entry,) = watched.entries(case)
    assert watched.read(entry, "case.yaml") == path.read_bytes() and not watched.failed
    assert list(watched.files) == [(entry.folder, "case.yaml", entry.hashes["case.yaml"])]
    (folder / "case.yaml").unlink()
    with pytest.raises(UnavailableError):
        watched.read(entry, "case.yaml")
    assert watched.failed


def test_cells_without_a_text_are_not_kept() -> None:
    document = samples.documents(samples.PLAIN)[0]
    assessment = assessed(samples.PLAIN, samples.known())
    kept = issued_diff.texts(document, assessment.case)
    shown = [(s.name, c.row, c.column) for s in document.sheets if s.printed for c in s.cells if c.text]
    assert [(cell.sheet, cell.row, cell.column) for cell in kept] == shown
    assert len(shown) < sum(len(s.cells) for s in document.sheets if s.printed), "rows for more of a list stand empty"
    assert issued_diff.load(issued_diff.dump(kept)) == kept
