"""Texts of a layout: what each reads and says, and what it becomes with the values of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from generator.scheme.text_program import Program, prepared

NUMBER = "順番"  # what the texts of a row call its number
_LONGEST = 200_000  # characters a text may grow to


@dataclass(frozen=True, slots=True)
class Text:
    """A text as the layout gives it. ``paths`` are the dotted names it reads, as far as they are literal; ``words``
    what it says by itself, in whatever case; ``program`` how to put it together, None where Jinja has to."""

    source: str
    paths: tuple[str, ...]
    constant: bool
    words: str
    program: Program | None = field(default=None, compare=False)  # `source` says it all

    def render(self, context: dict[str, Any]) -> str:
        """The text with the case's values; raises ValueError (Japanese) where a name or operation fails."""
        if self.constant:
            return self.source
        program = _prepared(self)
        text = program(context) if program else None
        if text is None:
            from generator.scheme import text_language  # for start-up time: most cases have no such text

            text = text_language.render(self.source, context)
        if len(text) > _LONGEST:
            raise ValueError(f"文の「{self.source[:40]}」が長くなりすぎます")
        return text


@lru_cache(maxsize=4096)
def _prepared(text: Text) -> Callable[[dict[str, Any]], str | None] | None:
    """The program of a text, made when it is first used: most commands need few of a scheme's texts."""
    return prepared(text.program) if text.program is not None else None


@lru_cache(maxsize=4096)
def text(source: str) -> Text:
    """Read a text once; raises ValueError (Japanese) for a syntax error or an unknown filter."""
    if "{{" not in source and "{%" not in source and "{#" not in source:
        return Text(source, (), True, source)
    from generator.scheme import text_language  # for start-up time: the texts of a kept scheme were read before

    paths, words, program = text_language.read(source)
    return Text(source, paths, False, words, program)


@lru_cache(maxsize=1024)
def condition(source: str) -> Text:
    """A condition (`when`): the text is empty where it does not hold."""
    return text("{% if " + source + " %}1{% endif %}")
