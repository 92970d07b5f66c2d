"""Document → bytes. One module a format; a renderer knows the Document and the fonts, nothing else."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from generator.document import Document

Renderer = Callable[[Document], bytes]

FORMATS = ("pdf", "xlsx", "docx")


def renderer(format_: str) -> Renderer:
    """The renderer of a format; its drawing library is loaded only when it is asked for."""
    if format_ not in FORMATS:
        raise ValueError(format_)
    render: Renderer = import_module(f"generator.render.{format_}").render
    return render
