"""Sizes of paper in mm, and the units of length that mm are turned into."""

from __future__ import annotations

MM_PER_INCH = 25.4
MM_PER_POINT = 25.4 / 72
POINTS_PER_MM = 72 / 25.4

A4_PORTRAIT, A4_LANDSCAPE, A3_LANDSCAPE = (210.0, 297.0), (297.0, 210.0), (420.0, 297.0)  # width, height
# What a layout may name.
PAPERS = {"A4 portrait": A4_PORTRAIT, "A4 landscape": A4_LANDSCAPE, "A3 landscape": A3_LANDSCAPE}
STAMP_EDGE, STAMP_GAP = 4.0, 2.0  # mm: what office printers leave white above a stamp, and what stands free below it
STAMP_BOX = 1.4  # the height of the box around a stamp, in sizes of its letters
PLAIN_MARGINS = (15.0, 12.0, 15.0, 12.0)  # top, right, bottom, left of the pages that no layout describes


def stamp_room(top: float) -> float:
    """The mm that a stamp may be high in a top margin of ``top`` mm, between STAMP_EDGE and STAMP_GAP."""
    return max(top - STAMP_EDGE - STAMP_GAP, 5.0)


def stamp_size(room: float) -> float:
    """The size in points of a stamp's letters, whose box, STAMP_BOX times as high, fits into ``room`` points."""
    return min(20.0, room / STAMP_BOX)
