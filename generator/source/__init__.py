"""Files in YAML: bytes become nodes that know their places, and an edit leaves all else as it was.

In: the bytes of a case or of a scheme's file.
Out: Source with Scalar, Mapping and Sequence, or every Problem at once.
May use: problem.
"""

__all__ = ["diagnostics", "edit", "encoding", "fields", "nodes", "read", "write"]
