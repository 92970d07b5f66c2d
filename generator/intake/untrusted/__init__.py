"""A stranger"s file, bounded in size, depth and count before it is parsed: zip, XML, cells of a workbook.

In: bytes.
Out: parts and cells, or a ProblemError.
May use: problem.
"""

__all__ = ["xlsx_reader", "zip_file"]
