"""The tables: an older register is brought up to date whole or not at all, a newer one is left alone."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
import sqlalchemy as sa
from offices import CLERK, Desk

from generator.problem import ProblemError
from generator.register import database
from generator.register.database import MIGRATIONS, entries, heads
from generator.register.entry import Entry, Keys
from generator.register.ledger import Ledger
from generator.register.office import load_office
from generator.register.register import verify


def of_version(desk: Desk, version: int) -> None:
    """The office's register as version ``version`` of the program left it, with one entry."""
    office = load_office(desk.root)
    engine = database.engine(database.location(office.ledger, office.root))
    with engine.begin() as connection:
        for name in ("yoshiki_entry", "yoshiki_register"):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        database.upgrade(connection, version)
        given = {"kind": "発行", "scheme": "tiny", "series": "指令", "year": "令和5年度", "number": 1, "taken": 1}
        given |= {"text": "見本市指令総企第1号", "date": "2023-10-02", "case_number": "A-1", "form": "04", "ordinal": 0}
        entry = Entry(seq=1, revision=1, applicant="株式会社見本", who="clerk", at=CLERK.now, **given)
        signed = asdict(Keys.read(office.key).signed(entry))
        connection.execute(sa.insert(entries).values(**{name: signed[name] for name in columns(connection)}))


def columns(connection: sa.Connection) -> set[str]:
    return {c["name"] for c in sa.inspect(connection).get_columns("yoshiki_entry")}


def stored(desk: Desk) -> int:
    engine = database.engine(database.location(load_office(desk.root).ledger, desk.root))
    with engine.begin() as connection:
        return database.version(connection)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_upgrade(either: Desk, version: int) -> None:
    of_version(either, version)
    assert stored(either) == version
    register = either.register()
    assert stored(either) == len(MIGRATIONS)
    (entry,) = register.ledger.entries()
    assert (entry.text, entry.note) == ("見本市指令総企第1号", "")
    assert list(verify(register)) == []
    assert either.issue(either.case("A-2")).entry.number == 2


def test_an_upgrade_that_another_has_made_changes_nothing(either: Desk) -> None:
    """Two programs open an old register at once, and the one that comes second is the older one."""
    of_version(either, len(MIGRATIONS))
    office = load_office(either.root)
    engine = database.engine(database.location(office.ledger, office.root))
    for to in (len(MIGRATIONS), 1):
        with engine.begin() as connection:
            database.upgrade(connection, to)
            assert database.version(connection) == len(MIGRATIONS)


def test_an_upgrade_that_fails_leaves_the_register_as_it_was(either: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    of_version(either, 1)
    with monkeypatch.context() as patched:
        patched.setattr(database, "MIGRATIONS", (*MIGRATIONS, ("CREATE TABLE yoshiki_half (n BIGINT)", "NOT SQL")))
        patched.setattr("generator.register.ledger.MIGRATIONS", database.MIGRATIONS)
        with monkeypatch.context() as inner:
            inner.setattr(database.upgrade, "__defaults__", (3, database.upgrade.__defaults__[1]))
            with pytest.raises(ProblemError):
                either.register()
    assert stored(either) == 1
    assert [e.number for e in either.register().ledger.entries()] == [1]


def test_a_newer_register_is_left_alone(either: Desk) -> None:
    office = load_office(either.root)
    engine = database.engine(database.location(office.ledger, office.root))
    with engine.begin() as connection:
        connection.execute(sa.update(heads).values(value=str(len(MIGRATIONS) + 1)))
    with pytest.raises(ProblemError, match="新しい版"):
        either.register()


def test_the_columns_are_the_fields_of_an_entry(either: Desk) -> None:
    office = load_office(either.root)
    engine = database.engine(database.location(office.ledger, office.root))
    with engine.begin() as connection:
        assert columns(connection) == set(Entry.__annotations__)


def test_the_database_itself_refuses_a_number_twice(either: Desk) -> None:
    either.issue(either.case("A-1"))
    register = either.register()
    (entry,) = register.ledger.entries()
    with pytest.raises(ProblemError, match="もう使われています"), register.ledger.writing() as writer:
        writer.append(entry)
    assert register.ledger.entries() == (entry,)


def test_a_register_in_use_for_too_long(either: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_WAIT", 1)
    path, waiting = either.case("A-1"), either.register()
    with (
        waiting.ledger.writing(),
        pytest.raises(ProblemError, match="ほかの人が番号を取っている"),
        either.register().ledger.writing(),
    ):
        pass
    assert either.issue(path).entry.number == 1


def test_sqlite_keeps_what_it_has_committed(desk: Desk) -> None:
    """WAL lets readers read while one writes; FULL has a commit on the disk before it counts."""
    with desk.register().ledger.engine.connect() as connection:
        for setting, value in (("journal_mode", "wal"), ("synchronous", 2)):
            assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar_one() == value, setting


def test_a_writer_is_alone_from_its_first_look(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from its first change on: else two would read the same last number."""
    monkeypatch.setattr(database, "_WAIT", 0.1)
    other = desk.register()
    with desk.register().ledger.writing() as writer:
        assert writer.next_number("tiny", "指令", "令和5年度") == 1
        with pytest.raises(ProblemError, match="ほかの人"), other.ledger.writing():
            pass


def test_a_document_has_each_revision_once(either: Desk) -> None:
    either.issue(either.case("A-1"))
    register = either.register()
    (entry,) = register.ledger.entries()
    with pytest.raises(ProblemError), register.ledger.writing() as writer:
        writer.append(replace(entry, number=2, taken=2, case_number="a-1"))
    assert register.ledger.entries() == (entry,)


def test_a_server_that_is_not_there(desk: Desk) -> None:
    url = database.location("postgresql://clerk:geheim@127.0.0.1:1/none", desk.root)
    with pytest.raises(ProblemError) as error:
        Ledger.open(url, Keys((b"x" * 43,)))
    assert "geheim" not in str(error.value) and "つながりません" in str(error.value)
