"""What Excel says while a form is filled in: data validations with Japanese messages, colours for what is missing.

Each input of the Document (`Cell.input`) becomes a data validation and a conditional format; nothing here is
particular to a scheme.
"""

from __future__ import annotations

from datetime import date

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from generator.document import Input, Sheet
from generator.render.xlsx.limits import stored, utf16_units
from generator.spreadsheet.addresses import absolute_area, area_address, cell_address, sheet_prefix
from generator.spreadsheet.serials import FIRST_DAY, serial

LISTS = "_選択肢"
_INLINE, _TITLE, _MESSAGE, _ERROR = 255, 32, 250, 220  # UTF-16 units that Excel allows, or nearly
_MOST = 999_999_999_999
_LAST_DAY = date(2199, 12, 31)
_KATAKANA = "".join(map(chr, range(0x30A1, 0x30FB))) + "・ー　 "
_MISSING = DifferentialStyle(fill=PatternFill(bgColor="FFFFD9C2", fill_type="solid"))
_WARNING = DifferentialStyle(
    font=Font(color="FFC00000", b=True), fill=PatternFill(bgColor="FFFFC7CE", fill_type="solid")
)
_WHOLE = {"円": (0, _MOST), "整数": (0, _MOST), "年": (1, 64), "月": (1, 12), "日": (1, 31)}
# Relative to the cell X; what a font or keyboard makes of digits and hyphens is left to whoever reads it.
_CUSTOM = {
    "数量": "AND(ISNUMBER(X),X>=0,ROUND(X,3)=X)",
    "電話番号": 'AND(LEN(X)>=9,LEN(X)<=40,OR(LEFT(X,1)="0",LEFT(X,1)="０",LEFT(X,1)="+",LEFT(X,1)="("))',
    "郵便番号": 'LEN(SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(X,"-",""),"－",""),"〒",""))=7',
    "Eメール": 'AND(ISNUMBER(FIND("@",X,2)),ISNUMBER(FIND(".",X,FIND("@",X)+2)),ISERROR(FIND(" ",X)),LEN(X)<=254)',
    "カタカナ": f'SUMPRODUCT(--ISERROR(FIND(MID(X,ROW($1:$60),1),"{_KATAKANA}")))=0',
}


class DataValidations:
    """The data validations of one workbook. A list too long for its validation goes to a sheet that nobody sees."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._lists: dict[tuple[str, ...], str] = {}

    def add(self, page: Worksheet, sheet: Sheet) -> None:
        """Give the cells of a sheet their prompts and validations, and the colours for what is missing or too long."""
        for cell in sheet.cells:
            address = cell_address(cell.row, cell.column)
            area = area_address(cell.row, cell.column, cell.rows, cell.columns)
            if cell.input is not None:
                page.add_data_validation(self._validation(cell.input, address, area))
            for formula, style in ((cell.input.missing if cell.input else "", _MISSING), (cell.warn, _WARNING)):
                if formula:
                    page.conditional_formatting.add(area, Rule(type="expression", dxf=style, formula=[formula]))

    def _validation(self, question: Input, address: str, area: str) -> DataValidation:
        check = DataValidation(sqref=area, allow_blank=True, showInputMessage=True, showErrorMessage=True)
        check.promptTitle, check.prompt = _cut(question.title, _TITLE), _cut(question.prompt, _MESSAGE)
        check.errorTitle, check.error = check.promptTitle, _cut(question.refusal, _ERROR)
        if question.choices:
            check.type, check.formula1 = "list", self._list(question.choices)
        elif question.kind in _WHOLE:
            low, high = _WHOLE[question.kind]
            check.type, check.operator, check.formula1, check.formula2 = "whole", "between", str(low), str(high)
        elif question.kind == "日付":
            check.type, check.operator = "date", "between"
            check.formula1, check.formula2 = str(serial(FIRST_DAY)), str(serial(_LAST_DAY))
        elif question.kind in _CUSTOM:
            check.type, check.formula1 = "custom", _CUSTOM[question.kind].replace("X", address)
        elif question.limit and question.count:
            check.type, check.formula1, check.errorStyle = "custom", f"{question.count}<={question.limit}", "warning"
        else:  # a prompt alone
            check.showErrorMessage, check.error, check.errorTitle = False, None, None
        return check

    def _list(self, choices: tuple[str, ...]) -> str:
        inline = '"' + ",".join(choices) + '"'
        if utf16_units(inline) <= _INLINE and not any(set(c) & set(',"') or c != c.strip() for c in choices):
            return inline
        area = absolute_area(len(self._lists), 0, 1, len(choices))
        return self._lists.setdefault(choices, sheet_prefix(LISTS) + area)

    def write_lists(self) -> None:
        """Add the sheet of the long lists, if there are any, after all others."""
        if not self._lists:
            return
        page = self._book.create_sheet(LISTS)
        page.sheet_state = "veryHidden"
        for row, choices in enumerate(self._lists, 1):
            for column, choice in enumerate(choices, 1):
                cell = page.cell(row, column)
                cell.value, cell.data_type = stored(choice), "s"


def _cut(text: str, most: int) -> str:
    """The text, cut to at most so many units, as Excel refuses a file with more."""
    if utf16_units(text) <= most:
        return text
    while utf16_units(text) > most - 1:
        text = text[:-1]
    return text + "…"
