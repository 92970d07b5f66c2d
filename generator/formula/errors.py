"""What can be wrong with a formula."""

from __future__ import annotations


class FormulaError(ValueError):
    """A formula that cannot be read or computed. The message is Japanese; ``code`` is its stable name
    (formula.division-by-zero), by which programs go."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class FormulaSyntaxError(FormulaError):
    """The text is no formula that a workbook computes to the same value: its author mends it."""


class CalculationError(FormulaError):
    """The formula is fine, but not with these values: Excel would show an error in the cell."""
