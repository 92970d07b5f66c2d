"""A real PostgreSQL server in a temporary folder, reached over a socket there."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """Where initdb and pg_ctl are; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).resolve().parent if on_path else None


@contextmanager
def server() -> Iterator[str]:
    """Start a cluster, give the URL of its database postgres, stop it and remove it."""
    folder = programs()
    assert folder is not None, "試験には PostgreSQL が要ります（make test が入れます）"
    root = Path(tempfile.mkdtemp(prefix="yoshiki-pg-"))  # not pytest's: the server's user has to reach it
    user: dict[str, int] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        names = {e.pw_name: e for e in pwd.getpwall()}
        account = names.get("postgres") or names["nobody"]
        os.chown(root, account.pw_uid, account.pw_gid)
        user = {"user": account.pw_uid, "group": account.pw_gid}
    data = root / "data"

    def run(program: str, *arguments: str) -> None:
        with open(root / "log", "a", encoding="utf-8") as log:
            subprocess.run(
                [folder / program, "-D", data, *arguments], check=True, cwd=root, stdout=log, stderr=log, **user
            )  # fmt: skip

    try:
        run("initdb", "-U", "yoshiki", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run("pg_ctl", "start", "-w", "-l", str(root / "server.log"), "-o", f"-c listen_addresses='' -k {root}")
        try:
            yield f"postgresql://yoshiki@/postgres?host={root}"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def database(url: str, name: str) -> str:
    """A new, empty database of a running server; its URL."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return url.replace("/postgres?", f"/{name}?")
