"""Document → bytes, one package a format.

In: Document. Out: the bytes of a PDF, an Excel workbook or a Word file; the same Document gives the same bytes.
May use: problem, document, roundtrip, typography, addresses of spreadsheet. No renderer knows another.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from generator.document import Document

__all__ = ["FORMATS", "Renderer", "pdf", "renderer"]

Renderer = Callable[[Document], bytes]

FORMATS = ("pdf", "xlsx", "docx")


def renderer(format_: str) -> Renderer:
    """The renderer of a format, one of FORMATS; ValueError for any other.

    Its drawing library is slow to load, and is loaded when it is asked for here.
    """
    if format_ not in FORMATS:
        raise ValueError(format_)
    render: Renderer = import_module(f"generator.render.{format_}").render
    return render
