"""Document → bytes, one package a format.

In: Document. Out: the bytes of a PDF, an Excel workbook or a Word file; the same Document gives the same bytes.
May use: document, paper, problem, roundtrip, spreadsheet, typography; of spreadsheet only addresses and serials.
No renderer knows another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module

from generator.document import Document
from generator.problem import Problem, RefusedError

__all__ = ["FORMATS", "Renderer", "pdf", "renderer", "wanted"]

Renderer = Callable[[Document], bytes]

FORMATS = ("pdf", "xlsx", "docx")


def wanted(formats: Collection[str], offered: tuple[str, ...] = FORMATS) -> tuple[str, ...]:
    """The formats that somebody asks for, in the order of those that are ``offered``; all of them for ().

    Raises RefusedError for one that is not offered.
    """
    for format_ in formats:
        if format_ not in offered:
            hint = f"使えるのは {'・'.join(offered)} です"
            raise RefusedError([Problem(f"形式「{format_}」はありません", hint=hint, code="render.unknown-format")])
    return tuple(format_ for format_ in offered if not formats or format_ in formats)


def renderer(format_: str) -> Renderer:
    """The renderer of a format, one of FORMATS; ValueError for any other.

    Its drawing library is slow to load, and is loaded when it is asked for here.
    """
    if format_ not in FORMATS:
        raise ValueError(format_)
    render: Renderer = import_module(f"generator.render.{format_}").render
    return render
