"""Sizes of paper in mm, and the units of length that mm are turned into."""

from __future__ import annotations

MM_PER_INCH = 25.4
MM_PER_POINT = 25.4 / 72
POINTS_PER_MM = 72 / 25.4

A4_PORTRAIT, A4_LANDSCAPE = (210.0, 297.0), (297.0, 210.0)  # width, height
# What a layout may name.
PAPERS = {"A4 portrait": A4_PORTRAIT, "A4 landscape": A4_LANDSCAPE, "A3 landscape": (420.0, 297.0)}
PLAIN_MARGINS = (15.0, 12.0, 15.0, 12.0)  # top, right, bottom, left of the pages that no layout describes
