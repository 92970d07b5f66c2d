"""What the face does is done with its settings: their folders are there, and fonts are looked for where they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from generator.operations.settings import Settings


class _Set(Protocol):
    settings: Settings


_Self = TypeVar("_Self", bound=_Set)
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")


def with_settings(method: Callable[Concatenate[_Self, _Given], _Made]) -> Callable[Concatenate[_Self, _Given], _Made]:
    """A decorator for a method that gives a value; raises UnreadableError where a folder of the settings is not there.

    Without it, what an office has of its own would go over to what came with the program as soon as a drive is away.
    """

    @wraps(method)
    def call(self: _Self, /, *arguments: _Given.args, **named: _Given.kwargs) -> _Made:
        self.settings.refuse_missing()
        with self.settings.fonts_used():
            return method(self, *arguments, **named)

    return call


def each_with_settings(
    method: Callable[Concatenate[_Self, _Given], Iterator[_Made]],
) -> Callable[Concatenate[_Self, _Given], Iterator[_Made]]:
    """`with_settings` for a method that gives values as they come: between them, the caller has the fonts it had."""

    @wraps(method)
    def call(self: _Self, /, *arguments: _Given.args, **named: _Given.kwargs) -> Iterator[_Made]:
        self.settings.refuse_missing()
        with self.settings.fonts_used():
            made = method(self, *arguments, **named)
        return _each(made, self.settings)

    return call


def _each(made: Iterator[_Made], settings: Settings) -> Iterator[_Made]:
    while True:
        with settings.fonts_used():
            try:
                value = next(made)
            except StopIteration:
                return
        yield value
