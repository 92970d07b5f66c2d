"""Forms given out to be filled in, and the files that come back: read, checked and made part of a case.

In: a scheme's stage and what a case already says; a stranger's bytes.
Out: a Document to fill in; Received, with every Problem at its cell.
May use: layout, render, storage, pypdf_log and what they may use.
"""

__all__ = ["blank_forms", "filing", "take_in"]
