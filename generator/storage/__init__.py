"""Where the files of a case go: a folder or an object store, whole or not at all, and what they depend on.

In: names and bytes.
Out: files with a manifest; a fingerprint of all they hang on.
May use: problem, source, typography.
"""

__all__ = ["case_file", "case_folder", "destination", "fingerprint", "network_drive", "result_cache"]
