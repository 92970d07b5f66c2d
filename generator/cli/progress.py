"""How far a command has come that works on many cases."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable

import click

from generator.japan import yen

_EVERY = 5.0  # seconds between lines where there is no terminal


class Progress:
    """A bar with rate and time left on a terminal; plain lines elsewhere."""

    def __init__(self, total: int):
        self.total, self.done, self.begun, self.told = total, 0, time.monotonic(), time.monotonic()
        self.terminal = sys.stderr.isatty()

    def step(self, problems: Iterable[str]) -> None:
        """One more is done; its problems are told at once."""
        self.done += 1
        for problem in problems:
            self.say(problem)
        now = time.monotonic()
        if now - self.told >= (0.2 if self.terminal else _EVERY):
            self.told = now
            self._show()

    def say(self, text: str) -> None:
        """Print a line above the bar."""
        self._clear()
        click.echo(text, err=True)

    def _show(self) -> None:
        spent = time.monotonic() - self.begun
        rate = self.done / spent if spent else 0.0
        left = (self.total - self.done) / rate if rate else 0.0
        text = f"{yen.format_yen(self.done)}／{yen.format_yen(self.total)}件　毎秒{rate:.1f}件　残り{_time(left)}"
        if self.terminal:
            filled = 30 * self.done // self.total
            click.echo(f"\r[{'#' * filled}{'.' * (30 - filled)}] {text}  ", nl=False, err=True)
        else:
            click.echo(text, err=True)

    def _clear(self) -> None:
        if self.terminal:
            click.echo("\r\033[K", nl=False, err=True)

    def close(self) -> None:
        """Take the bar away, and say how long it took."""
        self._clear()
        spent = time.monotonic() - self.begun
        click.echo(
            f"{yen.format_yen(self.done)}件を{_time(spent)}で終えました（毎秒{self.done / max(spent, 1e-9):.1f}件）",
            err=True,
        )


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}分{rest:02d}秒" if minutes else f"{seconds:.1f}秒"
