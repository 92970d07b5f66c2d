"""What the register gives a document: its official number and date."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """The official number and date of one document."""

    text: str  # as printed, with the 文書記号
    date: datetime.date


# (form id, index of the stage where its section is a list, else 0) → its number
DocumentNumbers = Mapping[tuple[str, int], DocumentNumber]
