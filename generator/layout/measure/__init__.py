"""What fits into the cells of a form for certain, and the words that a form prints by itself.

In: Form.
Out: the place and the capacity of its cells; cells that every case shares.
May use: no other part of layout.
"""

__all__ = ["capacity", "static_text"]
