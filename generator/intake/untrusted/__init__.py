"""A stranger's file, bounded in size, depth and count before it is parsed: zip, XML, cells of a workbook.

In: bytes.
Out: what kind of file it is and the cells of a workbook, or UnreadableError.
May use: problem, spreadsheet; of spreadsheet only addresses.
"""

__all__ = ["file_kind", "refusal", "workbook", "xlsx_reader"]
