"""The tables of the register, how they came to be, and how SQLite and PostgreSQL are opened."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from generator.problem import Position, Problem, RefusedError, UnavailableError, UnreadableError
from generator.register.entry import Entry
from generator.storage.network_drive import remote

_WAIT = 30  # seconds a writer waits for the one before it
_LOCK = 0x796F7368696B69  # "yoshiki": PostgreSQL's advisory lock is named by a number

_CASES = 0x796F7368  # and the locks of the files of cases by this number and one for each

_metadata = sa.MetaData()
_KINDS = {"int": sa.BigInteger, "int | None": sa.BigInteger, "str": sa.Text}

# The columns are the fields of an Entry.
entries = sa.Table(
    "yoshiki_entry",
    _metadata,
    *(sa.Column(name, _KINDS[str(kind)]()) for name, kind in Entry.__annotations__.items()),
)
heads = sa.Table("yoshiki_register", _metadata, sa.Column("name", sa.Text), sa.Column("value", sa.Text))

# What each version of the schema did, never changed afterwards. A register of version n is brought up to date
# by the ones after the n-th, all in one transaction. Plain SQL that both databases understand.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE yoshiki_entry (
             seq BIGINT PRIMARY KEY, kind TEXT NOT NULL, scheme TEXT NOT NULL, series TEXT NOT NULL, year TEXT NOT NULL,
             number BIGINT NOT NULL, text TEXT NOT NULL, date TEXT NOT NULL, taken BIGINT, case_number TEXT NOT NULL,
             form TEXT NOT NULL, ordinal BIGINT, revision BIGINT, applicant TEXT NOT NULL, title TEXT NOT NULL,
             reason TEXT NOT NULL, who TEXT NOT NULL, at TEXT NOT NULL, case_sha256 TEXT NOT NULL, files TEXT NOT NULL,
             staging TEXT NOT NULL, folder TEXT NOT NULL, key TEXT NOT NULL, previous TEXT NOT NULL,
             mac TEXT NOT NULL)""",
        "CREATE TABLE yoshiki_register (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE UNIQUE INDEX yoshiki_number ON yoshiki_entry (scheme, series, year, taken)",
    ),
    (  # 2: 備考; one entry for each revision of a document
        "ALTER TABLE yoshiki_entry ADD COLUMN note TEXT NOT NULL DEFAULT ''",
        "CREATE UNIQUE INDEX yoshiki_document ON yoshiki_entry (scheme, upper(case_number), form, ordinal, revision)",
    ),
)


def location(address: str, root: Path) -> URL:
    """The URL of a register: a file name (from the office's folder) is SQLite, postgresql://… PostgreSQL."""
    if "\0" in address:
        message = "台帳の場所に使えない文字があります"
        raise UnreadableError([Problem(message, hint=_EXAMPLE, code="register.place-unreadable")])
    if "://" not in address:
        return URL.create("sqlite", database=str(root / address))
    try:
        url = make_url(address)
    except sa.exc.ArgumentError:
        message = "台帳の場所として読めません"
        raise UnreadableError([Problem(message, hint=_EXAMPLE, code="register.place-unreadable")]) from None
    kind = url.drivername.partition("+")[0]
    if kind == "sqlite" and url.database:
        return URL.create("sqlite", database=str(root / url.database))
    if kind in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    message = f"「{kind}」の台帳は使えません"
    raise UnreadableError([Problem(message, hint=_EXAMPLE, code="register.unknown-database")])


_EXAMPLE = "ファイルの名前（例 register.db）か、postgresql://利用者@計算機/データベース を書いてください"


def engine(url: URL) -> Engine:
    """Connections to the register; a transaction asked for with ``writing=True`` excludes every other writer.

    Raises ProblemError for a file that is missing or lies on a network drive.
    """
    if url.drivername != "sqlite":
        made = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 10})
        event.listen(made, "begin", _begin_postgresql)
        return made
    path = Path(url.database or "")
    refuse_network_drive(path)
    if not path.is_file():
        hint = "バックアップから戻してください。初めて使うときは yoshiki ledger create で作れます"
        message, at = "台帳のファイルがありません", Position(str(path), 0, 0)
        raise UnavailableError([Problem(message, at, hint=hint, code="register.file-missing")])
    made = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"timeout": _WAIT})
    event.listen(made, "connect", _connect_sqlite)
    event.listen(made, "begin", _begin_sqlite)
    return made


def _connect_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # BEGIN is ours: the driver's comes too late and does not lock
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("writing"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def lock_case(connection: Connection, name: str) -> None:
    """Wait for PostgreSQL's lock of the file of a case; the transaction holds it. Two names may share one lock."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_WAIT}s'")
    number = zlib.crc32(name.casefold().encode("utf-8")) - 2**31
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:room, :name)"), {"room": _CASES, "name": number})


def refuse_network_drive(path: Path) -> None:
    """SQLite's locks do not hold on a network drive: two computers could take the same number."""
    if not remote(path.resolve()):
        return
    hint = "この計算機のディスクに置くか、何台かで使うときは PostgreSQL を使ってください"
    message, at = "ネットワークドライブには台帳を置けません", Position(str(path), 0, 0)
    raise RefusedError([Problem(message, at, hint=hint, code="register.network-drive")])


def version(connection: Connection) -> int:
    """The version of the schema; 0 where there are no tables yet."""
    if not sa.inspect(connection).has_table(heads.name):
        return 0
    return int(connection.execute(sa.select(heads.c.value).where(heads.c.name == "version")).scalar_one())


def upgrade(connection: Connection, to: int = len(MIGRATIONS), step: Callable[[str], None] = lambda _: None) -> None:
    """Bring the tables up to date inside the transaction of ``connection``; ``step`` is told before each statement."""
    before = version(connection)
    for statements in MIGRATIONS[before:to]:
        for statement in statements:
            step(statement)
            connection.exec_driver_sql(statement)
    if before == 0:
        connection.execute(sa.insert(heads).values(name="version", value=str(to)))
    elif before < to:
        connection.execute(sa.update(heads).where(heads.c.name == "version").values(value=str(to)))


def create_file(path: Path) -> None:
    """An empty SQLite file that only its owner can read; raises FileExistsError."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
