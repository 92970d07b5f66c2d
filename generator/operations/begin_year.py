"""Begin a 年度: what the office sets for it is written into yoshiki.toml, and all else there stays as it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from generator.japan import wareki, yen
from generator.problem import Position, Problem, RefusedError
from generator.register.office import FILE, load_office
from generator.storage.case_file import lock_beside
from generator.storage.case_folder import write_whole

_TABLE = "予算"


def begin_year(office: Path, year: str, amount: int, scheme: str = "") -> str:
    """Write the 予算 of a 年度 (令和8年度, in any way a clerk writes it) into the office's yoshiki.toml, and give back
    the year's name. ``amount``: yen. ``scheme``: the id of the one that it is for; '' for all of them.

    Raises RefusedError for what is no year, and where the year has a 予算 already; UnreadableError for a yoshiki.toml
    that cannot be read.
    """
    path = office / FILE
    try:
        name = wareki.parse_year("年度", year)
    except ValueError as error:
        hint = "令和8年度 のように書いてください"
        raise RefusedError([Problem(str(error), hint=hint, code="office.no-year")]) from None
    with lock_beside(path):
        if (scheme, name) in load_office(office).budgets:
            message, hint = f"{name}の予算は、もう書かれています", "改めるときは、そのファイルを書き直してください"
            raise RefusedError([Problem(message, Position(str(path), 0, 0), hint=hint, code="office.year-there")])
        text = path.read_bytes().decode("utf-8-sig")
        made = _with(text, f'"{name}" = {amount}', scheme)
        wanted = tomllib.loads(text)
        table = wanted.setdefault(_TABLE, {})
        (table.setdefault(scheme, {}) if scheme else table)[name] = amount
        if _read(made) != wanted:
            message, hint = "この書き方の設定には書き足せません", f"手で書いてください（{yen.format_yen(amount)}円）"
            raise RefusedError([Problem(message, Position(str(path), 0, 0), hint=hint, code="office.cannot-add")])
        write_whole(path, made.encode("utf-8"))
    return name


def _with(text: str, line: str, scheme: str) -> str:
    """The settings with a line more at the end of the table, before the blank lines and comments that follow it."""
    ending = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n").split("\n")
    keys = [_TABLE, scheme] if scheme else [_TABLE]
    head = re.compile(
        r"\s*\[\s*" + r"\s*\.\s*".join(f'(?:"{re.escape(k)}"|{re.escape(k)})' for k in keys) + r"\s*\]\s*(?:#.*)?"
    )
    at = next((n for n, written in enumerate(lines) if head.fullmatch(written)), None)
    if at is None:
        return ending.join([*lines, "", "[" + ".".join(f'"{key}"' for key in keys) + "]", line, ""])
    last = at
    for n in range(at + 1, len(lines)):
        if lines[n].lstrip().startswith("["):
            break
        last = n if "=" in lines[n].partition("#")[0] else last
    return ending.join([*lines[: last + 1], line, *lines[last + 1 :], ""])


def _read(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
