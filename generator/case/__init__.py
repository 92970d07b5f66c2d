"""The nodes of a case and its Scheme become a Case, and every amount of it is assessed with its basis.

In: Source and Scheme.
Out: Case, Assessment, or every Problem at once.
May use: scheme and what that may use; no fonts (what finds characters without a glyph is handed in).
"""

__all__ = [
    "assess",
    "build",
    "cross_references",
    "document_number",
    "editor_schema",
    "figures",
    "identity",
    "item_table",
    "model",
    "prompts",
    "skeleton",
    "violations",
]
