"""The day and the moment, which the commands pass on: no other room asks what day it is."""

from __future__ import annotations

import datetime
import os

from generator.japan import wareki
from generator.problem import Problem, UnreadableError

_JAPAN = datetime.timezone(datetime.timedelta(hours=9), "JST")


def today() -> datetime.date:
    """Today in Japan, wherever the computer stands; YOSHIKI_TODAY overrides it."""
    given = os.environ.get("YOSHIKI_TODAY")
    if not given:
        return datetime.datetime.now(_JAPAN).date()
    try:
        return wareki.parse_date(given)
    except ValueError as error:
        message = f"環境変数 YOSHIKI_TODAY の日付が正しくありません（{error}）"
        raise UnreadableError([Problem(message, code="cli.wrong-today")]) from None


def now() -> str:
    """This moment in UTC, to the second: 2023-10-18T01:23:45Z."""
    return f"{datetime.datetime.now(datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
