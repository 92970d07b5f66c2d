"""The register of official numbers (文書番号台帳): an append-only log, one writer at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine

from generator.problem import Position, Problem, RefusedError, UnavailableError
from generator.register import database
from generator.register.database import MIGRATIONS, entries
from generator.register.entry import VOID, Entry, Keys, refuse_unwritable

_NEWER = "この台帳は、もっと新しい版の yoshiki が使っています"


@dataclass(frozen=True)
class Ledger:
    """The register in its database; may be used by many threads.

    Every method raises UnavailableError where the database fails.
    """

    engine: Engine
    keys: Keys

    @classmethod
    def open(cls, url: URL, keys: Keys) -> Ledger:
        """The register at a URL, brought up to the present schema; raises ProblemError."""
        ledger = cls(database.engine(url), keys)
        with ledger._transaction(writing=False) as connection:
            version = database.version(connection)
        if version == 0:
            hint = "場所を確かめてください。初めて使うときは yoshiki ledger create で作れます"
            raise UnavailableError([Problem("そこに台帳はありません", hint=hint, code="register.no-tables")])
        if version > len(MIGRATIONS):
            hint = "yoshiki を新しくしてください"
            raise UnavailableError([Problem(_NEWER, hint=hint, code="register.newer-schema")])
        if version < len(MIGRATIONS):
            with ledger._transaction(writing=True) as connection:
                database.upgrade(connection)
        return ledger

    @classmethod
    def create(cls, url: URL, keys: Keys) -> Ledger:
        """A new register; raises ProblemError where there is one already."""
        if url.drivername == "sqlite":
            path = Path(url.database or "")
            database.refuse_network_drive(path)
            try:
                database.create_file(path)
            except FileExistsError:
                raise _there_already() from None
            except (FileNotFoundError, NotADirectoryError):
                message, hint = "台帳を置くフォルダーがありません", "フォルダーを先に作るか、台帳の場所を直してください"
                at = Position(str(path), 0, 0)
                raise RefusedError([Problem(message, at, hint=hint, code="register.no-folder")]) from None
        ledger = cls(database.engine(url), keys)
        with ledger._transaction(writing=True) as connection:
            if database.version(connection):
                raise _there_already()
            database.upgrade(connection)
        return ledger

    @contextmanager
    def _transaction(self, writing: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect().execution_options(writing=writing) as connection, connection.begin():
                yield connection
        except sa.exc.SQLAlchemyError as error:
            raise UnavailableError([_told(error)]) from error

    @contextmanager
    def case_lock(self, name: str) -> Iterator[None]:
        """Keep all that share this PostgreSQL from writing the file of a case of this name, on whatever computer.

        Raises UnavailableError where it cannot be reached, or another holds the lock for too long.
        """
        with self._transaction(writing=False) as connection:
            database.lock_case(connection, name)
            yield

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A transaction that excludes every other writer; what it appended stays only if it ends without an error."""
        with self._transaction(writing=True) as connection:
            yield Writer(connection, self.keys)

    def entries(self) -> tuple[Entry, ...]:
        """Every entry in its order."""
        with self._transaction(writing=False) as connection:
            return _read(connection, sa.select(entries))

    def macs(self) -> dict[tuple[str, str], str]:
        """For each case that has entries, by scheme and 案件番号 in capitals: their MACs, one after the other."""
        asked = sa.select(entries.c.scheme, sa.func.upper(entries.c.case_number), entries.c.mac)
        by_case: dict[tuple[str, str], list[str]] = {}
        with self._transaction(writing=False) as connection:
            for scheme, number, mac in connection.execute(asked.order_by(entries.c.seq)):
                by_case.setdefault((scheme, number), []).append(mac)
        return {case: "".join(macs) for case, macs in by_case.items()}

    def of_case(self, scheme: str, number: str) -> tuple[Entry, ...]:
        """The entries of one case (letters of any size), with the void ones of its numbers."""
        with self._transaction(writing=False) as connection:
            return _of_case(connection, self.keys, scheme, number)


@dataclass(frozen=True)
class Writer:
    """What may be done while every other writer waits; see `Ledger.writing`."""

    connection: Connection
    keys: Keys

    def of_case(self, scheme: str, number: str) -> tuple[Entry, ...]:
        """`Ledger.of_case`, as this writer sees it."""
        return _of_case(self.connection, self.keys, scheme, number)

    def of_forms(self, scheme: str, forms: Sequence[str], after: int = 0) -> tuple[Entry, ...]:
        """Every entry of some forms, with those that made a number void; ``after``: only those behind this one."""
        asked = sa.select(entries).where(
            entries.c.seq > after, entries.c.scheme == scheme, entries.c.form.in_(forms) | (entries.c.kind == VOID)
        )
        return _read(self.connection, asked)

    def stagings(self) -> dict[str, str]:
        """Every staging folder an entry speaks of, and the folder its files belong into."""
        rows = self.connection.execute(sa.select(entries.c.staging, entries.c.folder).where(entries.c.staging != ""))
        return {staging: folder for staging, folder in rows}

    def of_number(self, scheme: str, series: str, year: str, number: int) -> tuple[Entry, ...]:
        """What the register says of a number, in its order."""
        asked = sa.select(entries).filter_by(scheme=scheme, series=series, year=year, number=number)
        return _read(self.connection, asked)

    def next_number(self, scheme: str, series: str, year: str, start: int = 1) -> int:
        """One more than the greatest number taken; ``start`` in a year that has none, or fewer."""
        asked = sa.select(sa.func.max(entries.c.taken)).filter_by(scheme=scheme, series=series, year=year)
        return max(start, (self.connection.execute(asked).scalar_one() or 0) + 1)

    def newest_date(self, scheme: str, series: str, year: str) -> str:
        """The latest date (2023-10-18) of the documents whose numbers were taken in a series and year; '' for none."""
        taken = sa.select(sa.func.max(entries.c.date)).where(entries.c.taken.is_not(None))
        return self.connection.execute(taken.filter_by(scheme=scheme, series=series, year=year)).scalar_one() or ""

    def append(self, entry: Entry) -> Entry:
        """Sign the entry as the next one and keep it. Raises RefusedError for what cannot stand there for ever."""
        refuse_unwritable(entry)
        last = self.connection.execute(
            sa.select(entries.c.seq, entries.c.mac).order_by(entries.c.seq.desc()).limit(1)
        ).first()
        seq, previous = (last.seq, last.mac) if last else (0, "")
        signed = self.keys.signed(replace(entry, seq=seq + 1, previous=previous))
        self.connection.execute(sa.insert(entries), asdict(signed))  # bound apart: compiled statements are kept
        return signed


def _read(connection: Connection, query: sa.Select[tuple[object, ...]]) -> tuple[Entry, ...]:
    return tuple(Entry(**row) for row in connection.execute(query.order_by(entries.c.seq)).mappings())


def _of_case(connection: Connection, keys: Keys, scheme: str, number: str) -> tuple[Entry, ...]:
    """What documents and decisions rest on; raises ProblemError for an entry that cannot be trusted."""
    same = sa.func.upper(entries.c.case_number) == number.upper()
    rows = _read(connection, sa.select(entries).where(entries.c.scheme == scheme, same))
    hint = "yoshiki ledger verify で台帳の全体を確かめてください"
    if problems := [
        Problem(f"{e.designation}は{fault}", hint=hint, code="register.entry-altered")
        for e in rows
        if (fault := keys.fault(e))
    ]:
        raise UnavailableError(problems)
    return rows


def head(chain: Sequence[Entry]) -> str:
    """The MAC of the last entry, which vouches for all before it; '' for an empty register."""
    return chain[-1].mac if chain else ""


def _there_already() -> RefusedError:
    hint = "今ある台帳をそのまま使えます"
    return RefusedError([Problem("台帳はもうあります", hint=hint, code="register.there-already")])


def _told(error: sa.exc.SQLAlchemyError) -> Problem:
    """What went wrong with the database, without its password or an entry's contents."""
    said = str(getattr(error, "orig", None) or error).lower()
    for words, message, hint in _COMPLAINTS:
        if any(word in said for word in words):
            return Problem(message, hint=hint, code="register.database-failed")
    kind = type(getattr(error, "orig", None) or error).__name__
    hint = "台帳の場所と、その計算機の様子を確かめてください"
    return Problem(f"台帳を読み書きできません（{kind}）", hint=hint, code="register.database-failed")


_COMPLAINTS = (
    (("locked", "lock timeout", "lock_not_available", "busy"), "ほかの人が番号を取っている最中です",
     "しばらく待ってから、もう一度実行してください"),
    (("disk is full", "no space", "disk full", "file too large"), "ディスクの空きがないため、台帳に書けません",
     "空きを作ってから、もう一度実行してください。番号は使われていません"),
    (("readonly", "read-only", "permission denied", "unable to open"), "台帳への書き込みが許されていません",
     "台帳のファイルとフォルダーに書き込める利用者で実行してください"),
    (("disk i/o error",), "台帳のディスクを読み書きできません", "ディスクの空きと様子を確かめてください"),
    (("malformed", "not a database"), "台帳のファイルが壊れています", "バックアップから戻してください"),
    (("unique", "duplicate key"), "その番号はもう使われています", "yoshiki ledger list で確かめてください"),
    (("connection", "could not connect", "password", "authentication", "does not exist"),
     "台帳のデータベースにつながりません", "台帳の URL と、データベースが動いているかを確かめてください"),
)  # fmt: skip
