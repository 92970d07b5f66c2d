"""An assessed case and a stage become a Document: cells filled, joined by formulas, measured, paginated.

In: Assessment and a stage.
Out: Document, all that a renderer knows; or only what would not fit into it.
May use: case, roundtrip, typography and what they may use.
"""

__all__ = ["compose", "overflow"]
