"""One worksheet of a returned workbook: its cells with their values and formulas."""

from __future__ import annotations

from generator.intake.untrusted.refusal import unreadable
from generator.intake.untrusted.workbook import ReadCell, ReadSheet, row_and_column
from generator.intake.untrusted.xlsx_parts import WorkbookParts
from generator.intake.untrusted.xlsx_text import TextCollector, check_formula, decoded
from generator.intake.untrusted.xml import XmlError
from generator.spreadsheet.addresses import cell_address

_LAST_ROW, _LAST_COLUMN = 5_000, 256  # of cells that hold something
_EXCEL_ROWS, _EXCEL_COLUMNS = 1_048_576, 16_384
_UNWRITTEN = "?"  # a formula that the file has but does not write out


class SheetReader:
    """Reads one worksheet; ``strings`` are the shared ones of the book."""

    def __init__(self, parts: WorkbookParts, title: str, strings: list[str]):
        self._parts, self._strings = parts, strings
        self._sheet = ReadSheet(title)
        self._row = self._column = 0
        self._attributes: dict[str, str] = {}
        self._formula: dict[str, str] | None = None  # attributes of the cell's formula
        self._written = ""
        self._chunks: list[str] = []
        self._value = ""
        self._inline = TextCollector()
        self._shared: dict[str, tuple[str, str]] = {}  # shared formulas: index → (text, address)

    def read(self, part: str) -> ReadSheet:
        """The worksheet in a part; raises UnreadableError."""
        self._parts.parse(part, self._start, self._end, self._text)
        return self._sheet

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._row = _number(attributes.get("r", ""), self._row + 1)
            self._column = 0
        elif name == "c":
            self._attributes, self._formula, self._written, self._value = attributes, None, "", ""
            self._inline.take()
        elif name == "f":
            self._formula = attributes
            self._chunks.clear()
        elif name == "v":
            self._chunks.clear()
        self._inline.start(name)

    def _text(self, chunk: str) -> None:
        self._chunks.append(chunk)
        self._inline.add(chunk)

    def _end(self, name: str) -> None:
        self._inline.end(name)
        if name == "f":
            self._written = "".join(self._chunks)
        elif name == "v":
            self._value = "".join(self._chunks)
        elif name == "c":
            self._end_cell()
        elif name in ("row", "sheetData", "sheetViews", "cols"):
            self._chunks.clear()

    def _end_cell(self) -> None:
        row, self._column = self._row_and_column()
        inline = self._inline.take()
        kind = self._attributes.get("t", "n")
        text = inline if kind == "inlineStr" else self._value
        if not text and self._formula is None:
            return
        address = cell_address(row - 1, self._column - 1)
        if row > _LAST_ROW or self._column > _LAST_COLUMN:
            message = f"「{self._sheet.name}」{address} に値があります。用紙の欄から遠く離れています"
            hint = "用紙の外に書いたものを消してから保存してください"
            raise unreadable(self._parts.file, message, hint, code="intake.cell-far-outside")
        self._parts.count_cell()
        formula = self._formula_at(address, self._formula) if self._formula is not None else ""
        check_formula(formula, self._parts.file)
        self._sheet.cells[address] = ReadCell(*self._typed(kind, text), formula)

    def _row_and_column(self) -> tuple[int, int]:
        if "r" not in self._attributes:
            return self._row, self._column + 1
        row, column = row_and_column(self._attributes["r"])
        if not row or column > _EXCEL_COLUMNS or row > _EXCEL_ROWS:
            raise XmlError("セルの番地が正しくありません", code="intake.wrong-cell-address")
        return row, column

    def _typed(self, kind: str, text: str) -> tuple[str, str]:
        match kind:
            case "s":
                index = _number(text, -1)
                if not 0 <= index < len(self._strings):
                    raise XmlError("文字列の番号が正しくありません", code="intake.wrong-string-number")
                return "text", self._strings[index]
            case "b":
                return "flag", text
            case "e":
                return "error", text
            case "d":
                return "date", text
            case "n":
                return "number", text.strip()
        return "text", text if kind == "inlineStr" else decoded(text)

    def _formula_at(self, address: str, attributes: dict[str, str]) -> str:
        """The formula's text; one that Excel shares with its neighbours is moved to this cell."""
        index = attributes.get("si", "")
        if attributes.get("t") != "shared":
            return self._written or _UNWRITTEN  # the further cells of an array formula have none of their own
        if self._written:
            self._shared[index] = (self._written, address)
            return self._written
        if index not in self._shared:
            return _UNWRITTEN
        from openpyxl.formula.translate import Translator  # slow to load and hardly ever needed

        text, origin = self._shared[index]
        try:
            return str(Translator(f"={text}", origin).translate_formula(address)).removeprefix("=")
        except Exception:  # it raises whatever its tokenizer stumbles over
            return _UNWRITTEN


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
