"""A returned workbook: its sheets, cells and defined names, read part by part without trusting it.

Our own reader and not a library's: it reads the few parts that matter, and the strict format like the usual one.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from generator.intake.untrusted import xml
from generator.intake.untrusted.xml import Budget, XmlRefused
from generator.intake.untrusted.zip_file import Package, refuse
from generator.spreadsheet.addresses import column_letters

_ELEMENTS, _SHEETS, _NAMES = 200_000, 60, 2_000
_LAST_ROW, _LAST_COLUMN, _CELLS = 5_000, 256, 60_000  # of cells that hold something
_LONGEST, _LONGEST_FORMULA = 32_767, 8_192  # characters, Excel's own limits
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_STRINGS = re.compile(r'"(?:[^"]|"")*"')
_SHEET_NAME = re.compile(r"[\\/?*\[\]:\x00-\x1f]")
_ABROAD = re.compile(
    r"\||\[[^\[\]]+\][^'!\[\]]*'?!|"  # DDE, another file
    r"\b(?:CALL|REGISTER|REGISTER\.ID|EXEC|WEBSERVICE|RTD|DDE|FILTERXML|EVALUATE|SQL\.REQUEST)\s*\(",
    re.I,
)
_ABROAD_HINT = "こちらが渡した用紙に書き直して返してもらってください"
_LINKS = ("hyperlink",)  # Excel makes one of every e-mail address that is typed


@dataclass(frozen=True, slots=True)
class Cell:
    """``kind``: text, number, flag, date (ISO 8601) or error; ``text`` as stored; ``formula`` without '=', or none."""

    kind: str
    text: str
    formula: str = ""


@dataclass(frozen=True)
class Sheet:
    name: str
    cells: dict[str, Cell] = field(default_factory=dict)  # address such as E12 → cell; empty ones are left out


@dataclass(frozen=True)
class Workbook:
    sheets: tuple[Sheet, ...]
    names: dict[str, str]  # defined name → what it refers to
    date1904: bool  # serials count from 1904-01-01


def row_and_column(address: str) -> tuple[int, int]:
    """E12 → (12, 5); (0, 0) for what is no address."""
    found = _ADDRESS.match(address)
    if not found:
        return 0, 0
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def read(data: bytes, name: str) -> Workbook:
    """The workbook in ``data``, called ``name`` in messages. Raises ProblemError."""
    package = Package(data, name)
    reader = _Reader(package)
    try:
        return reader.workbook()
    except XmlRefused as error:
        refuse(name, f"{error}（{reader.part}）", "こちらが渡した用紙（.xlsx）に書いて返してもらってください")


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str  # worksheet, sharedStrings, hyperlink …
    target: str
    external: bool


class _Reader:
    def __init__(self, package: Package):
        self.package, self.part = package, ""
        self.budget = Budget(_ELEMENTS)
        self.cells = 0

    def _parse(self, part: str, start: xml.Start, **more: object) -> None:
        self.part = part
        xml.parse(self.package.read(part), self.budget, start, **more)  # type: ignore[arg-type]

    def relations(self, part: str) -> dict[str, _Relation]:
        folder, _, file = part.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
        found: dict[str, _Relation] = {}
        if rels not in self.package:
            return found

        def start(name: str, at: dict[str, str]) -> None:
            if name != "Relationship":
                return
            kind = at.get("Type", "").rpartition("/")[2]
            external = at.get("TargetMode", "") == "External"
            if external and kind not in _LINKS:
                refuse(
                    self.package.name, "ほかのファイルへのリンクが入っています", "リンクを解除してから保存してください"
                )
            target = at.get("Target", "")
            whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[at.get("Id", "")] = _Relation(kind, whole, external)

        self._parse(rels, start)
        return found

    def workbook(self) -> Workbook:
        main = next((r.target for r in self.relations("").values() if r.kind == "officeDocument"), "xl/workbook.xml")
        if main not in self.package:
            refuse(self.package.name, "Excel のファイルではない圧縮ファイルです", _ABROAD_HINT)
        listed: list[tuple[str, str]] = []
        names: dict[str, str] = {}
        current: list[str] = []
        chunks: list[str] = []
        date1904 = False

        def start(name: str, at: dict[str, str]) -> None:
            nonlocal date1904
            if name == "sheet":
                listed.append((at.get("name", ""), at.get("id", "")))
            elif name == "workbookPr":
                date1904 = at.get("date1904", "0") in ("1", "true")
            elif name == "definedName":
                current[:], chunks[:] = [at.get("name", "") if "localSheetId" not in at else ""], []

        def end(name: str) -> None:
            if name == "definedName":
                text = "".join(chunks)
                self._abroad(text)
                if current and current[0]:
                    names[current[0]] = text
                if len(names) > _NAMES:
                    raise XmlRefused("名前の定義が多すぎます")

        self._parse(main, start, end=end, text=chunks.append)
        relations = self.relations(main)
        shared = next((self.strings(r.target) for r in relations.values() if r.kind == "sharedStrings"), [])
        self._names(listed)
        sheets = []
        for title, id_ in listed:
            relation = relations.get(id_)
            if relation is None:
                refuse(self.package.name, "ファイルが壊れています（シートがありません）", _ABROAD_HINT)
            if relation.kind != "worksheet":  # a chart on a sheet of its own
                continue
            self.relations(relation.target)
            sheets.append(_SheetReader(self, title, shared).read(relation.target))
        return Workbook(tuple(sheets), names, date1904)

    def _names(self, listed: list[tuple[str, str]]) -> None:
        if not listed or len(listed) > _SHEETS:
            count = "多すぎます" if listed else "ありません"
            refuse(self.package.name, f"シートが{count}", _ABROAD_HINT)
        for title, _ in listed:
            if not title or len(title) > 31 or _SHEET_NAME.search(title):
                refuse(
                    self.package.name,
                    "シートの名前に使えない文字（/ \\ : ? * [ ]）があるか、長すぎます",
                    "シートの名前を元に戻してください",
                )

    def _abroad(self, formula: str) -> None:
        """A formula that reaches out of the workbook: another file, another program (DDE), the network."""
        if len(formula) > _LONGEST_FORMULA:
            raise XmlRefused("長すぎる計算式があります")
        if _ABROAD.search(_STRINGS.sub('""', formula)):
            message = "ほかのファイルやプログラムを呼び出す計算式（外部参照や DDE）が入っています"
            refuse(self.package.name, message, _ABROAD_HINT)

    def strings(self, part: str) -> list[str]:
        """The shared strings; the readings (ふりがな) that Excel keeps beside a text are not a part of it."""
        found: list[str] = []
        text = _Text()

        def end(name: str) -> None:
            if text.end(name) and name == "si":
                found.append(text.take())

        def start(name: str, at: dict[str, str]) -> None:
            if name == "si":
                text.take()
            text.start(name)

        self._parse(part, start, end=end, text=text.add)
        return found


class _Text:
    """Collects the <t> of a string item, without those of <rPh>."""

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self.inside = self.reading = False

    def start(self, name: str) -> None:
        if name == "rPh":
            self.reading = True
        self.inside = name == "t" and not self.reading

    def end(self, name: str) -> bool:
        if name == "rPh":
            self.reading = False
        self.inside = False
        return True

    def add(self, chunk: str) -> None:
        if self.inside:
            self.chunks.append(chunk)

    def take(self) -> str:
        text = "".join(self.chunks)
        self.chunks.clear()
        return _decoded(text)


def _decoded(text: str) -> str:
    if len(text) > 8 * _LONGEST:
        raise XmlRefused("長すぎる文字列があります")
    whole = _ESCAPE.sub(lambda m: m[0] if 0xD800 <= int(m[1], 16) < 0xE000 else chr(int(m[1], 16)), text)
    if len(whole) > _LONGEST:
        raise XmlRefused("長すぎる文字列があります")
    return whole.replace("\r\n", "\n").replace("\r", "\n")


class _SheetReader:
    def __init__(self, owner: _Reader, title: str, strings: list[str]):
        self.owner, self.strings = owner, strings
        self.sheet = Sheet(title)
        self.row = self.column = 0
        self.at: dict[str, str] = {}
        self.formula: dict[str, str] | None = None
        self.written = ""
        self.chunks: list[str] = []
        self.value: str | None = None
        self.inline = _Text()
        self.masters: dict[str, tuple[str, str]] = {}  # shared formulas: index → (text, address)

    def read(self, part: str) -> Sheet:
        self.owner._parse(part, self.start, end=self.end, text=self.text)
        return self.sheet

    def start(self, name: str, at: dict[str, str]) -> None:
        if name == "row":
            self.row = _number(at.get("r", ""), self.row + 1)
            self.column = 0
        elif name == "c":
            self.at, self.formula, self.written, self.value = at, None, "", None
            self.inline.take()
        elif name == "f":
            self.formula = at
            self.chunks.clear()
        elif name == "v":
            self.chunks.clear()
        self.inline.start(name)

    def text(self, chunk: str) -> None:
        self.chunks.append(chunk)
        self.inline.add(chunk)

    def end(self, name: str) -> None:
        self.inline.end(name)
        if name == "f":
            self.written = "".join(self.chunks)
        elif name == "v":
            self.value = "".join(self.chunks)
        elif name == "c":
            self.cell()
        elif name in ("row", "sheetData", "sheetViews", "cols"):
            self.chunks.clear()

    def cell(self) -> None:
        row, self.column = self.place()
        inline = self.inline.take()
        kind = self.at.get("t", "n")
        text = inline if kind == "inlineStr" else self.value
        if not text and self.formula is None:
            return
        address = f"{column_letters(self.column - 1)}{row}"
        if row > _LAST_ROW or self.column > _LAST_COLUMN:
            refuse(
                self.owner.package.name,
                f"「{self.sheet.name}」{address} に値があります。用紙の欄から遠く離れています",
                "用紙の外に書いたものを消してから保存してください",
            )
        self.owner.cells += 1
        if self.owner.cells > _CELLS:
            raise XmlRefused("中身が多すぎます")
        formula = self.shared(address) if self.formula is not None else ""
        if formula:
            self.owner._abroad(formula)
        self.sheet.cells[address] = Cell(*self.typed(kind, text or ""), formula)

    def place(self) -> tuple[int, int]:
        if "r" not in self.at:
            return self.row, self.column + 1
        row, column = row_and_column(self.at["r"])
        if not row or column > 16_384 or row > 1_048_576:
            raise XmlRefused("セルの番地が正しくありません")
        return row, column

    def typed(self, kind: str, text: str) -> tuple[str, str]:
        match kind:
            case "s":
                index = _number(text, -1)
                if not 0 <= index < len(self.strings):
                    raise XmlRefused("文字列の番号が正しくありません")
                return "text", self.strings[index]
            case "b":
                return "flag", text
            case "e":
                return "error", text
            case "d":
                return "date", text
            case "n":
                return "number", text.strip()
        return "text", text if kind == "inlineStr" else _decoded(text)

    def shared(self, address: str) -> str:
        """The formula's text; one that Excel shares with its neighbours is moved to this cell."""
        assert self.formula is not None
        index = self.formula.get("si", "")
        if self.formula.get("t") != "shared":
            return self.written or "?"  # the further cells of an array formula have none of their own
        if self.written:
            self.masters[index] = (self.written, address)
            return self.written
        if index not in self.masters:
            return "?"
        from openpyxl.formula.translate import Translator  # slow to load and hardly ever needed

        text, origin = self.masters[index]
        try:
            return str(Translator(f"={text}", origin).translate_formula(address)).removeprefix("=")
        except Exception:  # it raises whatever its tokenizer stumbles over
            return "?"


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
