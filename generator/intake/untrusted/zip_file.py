"""A returned file as bytes: what it is, and the parts of an Office package, inflated within limits.

Whoever sends a file chooses every byte of it. Nothing is unpacked to disk, no header is believed: sizes are
checked in the directory of the zip and again while inflating.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from typing import NoReturn
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from generator.problem import Position, Problem, ProblemError

FILE_BYTES = 10_000_000  # a form with all its rows has 0.2 MB
_PARTS, _PART_BYTES, _TOTAL_BYTES = 300, 12_000_000, 40_000_000
_RATIO, _RATIO_FROM = 200, 1_000_000  # a part that is larger and compressed more is no form
_OLE, _DIRECTORY, _END = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x01\x02", b"PK\x05\x06"
_XLSX = "Excelで開き、「名前を付けて保存」で「Excelブック（.xlsx）」を選んで保存し直してください"
_RETURN = "こちらが渡した Excel の用紙（.xlsx）か、入力できる PDF に書いて返してもらってください"
_BROKEN = "もう一度送ってもらってください（途中で切れたか、壊れています）"
_MACRO = "マクロの入っていない、こちらが渡した用紙（.xlsx）に書いて返してもらってください"

# A part that a form never has: how its name begins, what it is called, what to do.
_FOREIGN = (
    ("xl/vbaproject", "マクロ（プログラム）が入っています", _MACRO),
    ("xl/macrosheets/", "マクロ（プログラム）が入っています", _MACRO),
    ("xl/dialogsheets/", "マクロ（プログラム）が入っています", _MACRO),
    ("xl/activex/", "ActiveX の部品が入っています", _MACRO),
    ("xl/embeddings/", "ほかのファイルが埋め込まれています", "埋め込みを消してから保存してください"),
    ("xl/externallinks/", "ほかのファイルへのリンクが入っています", "リンクを解除してから保存してください"),
    ("xl/connections", "外部のデータへの接続が入っています", "接続を消してから保存してください"),
    ("xl/querytables/", "外部のデータへの接続が入っています", "接続を消してから保存してください"),
)


def refuse(name: str, message: str, hint: str = "") -> NoReturn:
    """Raises the ProblemError that tells why the file as a whole is not read."""
    raise ProblemError([Problem(message, Position(name, 0, 0), hint=hint)])


def kind_of(data: bytes, name: str) -> str:
    """'xlsx' or 'pdf'; for anything else a ProblemError that says what the file is."""
    if len(data) > FILE_BYTES:
        refuse(
            name, f"ファイルが大きすぎます（{FILE_BYTES // 1_000_000}MB まで）", "写真などを消してから保存してください"
        )
    if not data:
        refuse(name, "ファイルの中身がありません", _BROKEN)
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE):
        _old_office(data, name)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t")
    if head.startswith(b"<?xml") and b"Excel.Sheet" in head:
        refuse(name, "古い XML 形式の Excel ファイルです", _XLSX)
    if head.lower().startswith((b"<html", b"<!doctype html", b"<table")):
        refuse(name, "HTML のファイルです", _RETURN)
    if name.lower().endswith((".csv", ".tsv", ".txt")):
        refuse(name, "CSV（文字だけの表）です。項目がどの欄のものか分かりません", _RETURN)
    if name.lower().endswith((".yaml", ".yml")):
        refuse(name, "案件の YAML です。読み取るのは記入された用紙です", "yoshiki check で確かめてください")
    if name.lower().endswith((".xlsx", ".pdf")):
        refuse(name, "ファイルが壊れています（Excel でも PDF でもありません）", _BROKEN)
    refuse(name, "Excel（.xlsx）でも PDF でもありません", _RETURN)


def _old_office(data: bytes, name: str) -> NoReturn:
    def named(text: str) -> bool:
        return text.encode("utf-16-le") in data

    if named("EncryptedPackage") or named("EncryptionInfo"):
        refuse(
            name,
            "パスワードが掛かっています",
            "Excelで開き、「ファイル」「情報」「ブックの保護」でパスワードを外して保存してください",
        )
    if named("Workbook") or named("Book"):
        refuse(name, "古い形式（.xls）の Excel ファイルです", _XLSX)
    if named("WordDocument"):
        refuse(name, "Word のファイル（.doc）です", _RETURN)
    refuse(name, "古い形式の Office ファイルです", _XLSX)


class Package:
    """The parts of one Office package. Every method raises ProblemError for what no honest program writes."""

    def __init__(self, data: bytes, name: str):
        self.name, self._data, self._left = name, data, _TOTAL_BYTES
        # Counted before zipfile reads the directory: an object for each of a million entries is already a bomb.
        if _END not in data[-66_000:]:
            refuse(name, "ファイルが途中で切れています", _BROKEN)
        if data.count(_DIRECTORY) > 2 * _PARTS:
            self._bomb()
        try:
            self._zip = ZipFile(io.BytesIO(data))
            infos = self._zip.infolist()
        except (BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, EOFError, OSError):
            refuse(name, "ファイルが壊れています", _BROKEN)
        self._infos: dict[str, ZipInfo] = {}
        for info in infos:
            self._admit(info)
        if len(infos) > _PARTS or sum(i.file_size for i in infos) > _TOTAL_BYTES:
            self._bomb()
        self._known()

    def _bomb(self) -> NoReturn:
        refuse(self.name, "中身が大きすぎる圧縮ファイルです（圧縮を悪用したファイルのおそれがあります）", _RETURN)

    def _admit(self, info: ZipInfo) -> None:
        if info.file_size > _PART_BYTES:
            self._bomb()
        if info.file_size > _RATIO_FROM and info.file_size > _RATIO * max(1, info.compress_size):
            self._bomb()
        if info.flag_bits & 0x1:
            refuse(self.name, "パスワードが掛かっています", "パスワードを外して保存してください")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            refuse(self.name, "Excel の使わない圧縮がされています", _XLSX)
        key = info.filename.lower()
        if key in self._infos or ".." in key.split("/") or key.startswith("/") or "\\" in key or ":" in key:
            refuse(self.name, "中の部品の名前が正しくありません", _BROKEN)
        self._infos[key] = info

    def _known(self) -> None:
        """What kind of package it is, told by its parts."""
        mimetype = self.read("mimetype") if "mimetype" in self else b""
        if mimetype.startswith(b"application/vnd.oasis.opendocument"):
            refuse(self.name, "OpenDocument 形式（.ods など）のファイルです", _XLSX)
        if "xl/workbook.bin" in self:
            refuse(self.name, "バイナリ形式（.xlsb）の Excel ファイルです", _XLSX)
        if any(part.startswith("word/") for part in self._infos):
            refuse(self.name, "Word のファイルです", _RETURN)
        if any(part.startswith("ppt/") for part in self._infos):
            refuse(self.name, "PowerPoint のファイルです", _RETURN)
        if "[Content_Types].xml" not in self:
            refuse(self.name, "Excel のファイルではない圧縮ファイルです", _RETURN)
        for begins, message, hint in _FOREIGN:
            if any(part.startswith(begins) or part.endswith("vbaproject.bin") for part in self._infos):
                refuse(self.name, message, hint)
        if re.search(rb"(?i)macroEnabled|vbaProject", self.read("[Content_Types].xml")):
            refuse(self.name, "マクロの使えるファイル（.xlsm など）です", _MACRO)

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._infos

    def parts(self) -> tuple[str, ...]:
        """The names of all parts, in lower case."""
        return tuple(self._infos)

    def read(self, part: str) -> bytes:
        """One part, inflated here and not by zipfile: the header's word for the size is not taken."""
        info = self._infos.get(part.lower())
        if info is None:
            refuse(self.name, f"ファイルが壊れています（{part[:60]} がありません）", _BROKEN)
        try:
            at = info.header_offset
            names, extras = struct.unpack("<HH", self._data[at + 26 : at + 30])
            begin = at + 30 + names + extras
            packed = self._data[begin : begin + info.compress_size]
            limit = min(_PART_BYTES, self._left)
            if info.compress_type == ZIP_STORED:
                out = packed
            else:
                stream = zlib.decompressobj(-15)
                out = stream.decompress(packed, limit + 1)
                if len(out) <= limit and not stream.eof:
                    raise BadZipFile
        except (BadZipFile, struct.error, zlib.error):
            refuse(self.name, f"ファイルが壊れています（{part[:60]} を読めません）", _BROKEN)
        if len(out) > limit:
            self._bomb()
        if len(out) != info.file_size or zlib.crc32(out) != info.CRC:
            refuse(self.name, f"ファイルが壊れています（{part[:60]} の大きさが合いません）", _BROKEN)
        self._left -= len(out)
        return out
