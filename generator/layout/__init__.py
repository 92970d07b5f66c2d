"""An assessed case and a stage become a Document: cells filled, joined by formulas, measured, paginated.

In: Assessment and a stage.
Out: Document, all that a renderer knows.
May use: case and what that may use, typography.
"""

__all__ = ["compose"]
