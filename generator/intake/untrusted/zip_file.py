"""The parts of an Office package, inflated within limits.

Whoever sends a file chooses every byte of it. Nothing is unpacked to disk, no header is believed: sizes are
checked in the directory of the zip and again while inflating.
"""

from __future__ import annotations

import io
import re
import struct
import zlib
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from generator.intake.untrusted.refusal import (
    BREAK_LINK,
    RETURN_OUR_FORM,
    SAVE_AS_XLSX,
    SEND_AGAIN,
    unreadable,
    unreadable_for,
)
from generator.problem import Problem, UnreadableError

_PARTS, _PART_BYTES, _TOTAL_BYTES = 300, 12_000_000, 40_000_000
_RATIO, _RATIO_FROM = 200, 1_000_000  # a part that is larger and compressed more is no form
_DIRECTORY, _END = b"PK\x01\x02", b"PK\x05\x06"
_WITHOUT_MACROS = "マクロの入っていない、こちらが渡した用紙（.xlsx）に書いて返してもらってください"

# A part that another kind of file has: how its name begins, what that file is.
_OTHER_KINDS = {
    "xl/workbook.bin": Problem(
        "バイナリ形式（.xlsb）の Excel ファイルです", hint=SAVE_AS_XLSX, code="intake.old-excel"
    ),
    "word/": Problem("Word のファイルです", hint=RETURN_OUR_FORM, code="intake.other-format"),
    "ppt/": Problem("PowerPoint のファイルです", hint=RETURN_OUR_FORM, code="intake.other-format"),
}
_MACRO = Problem("マクロ（プログラム）が入っています", hint=_WITHOUT_MACROS, code="intake.macro")
_CONNECTION = Problem(
    "外部のデータへの接続が入っています", hint="接続を消してから保存してください", code="intake.data-connection"
)
# A part that a form never has: how its name begins, what is wrong with it.
_FOREIGN_PARTS = {
    "xl/vbaproject": _MACRO,
    "xl/macrosheets/": _MACRO,
    "xl/dialogsheets/": _MACRO,
    "xl/activex/": Problem("ActiveX の部品が入っています", hint=_WITHOUT_MACROS, code="intake.activex"),
    "xl/embeddings/": Problem(
        "ほかのファイルが埋め込まれています", hint="埋め込みを消してから保存してください", code="intake.embedded-file"
    ),
    "xl/externallinks/": Problem(
        "ほかのファイルへのリンクが入っています", hint=BREAK_LINK, code="intake.external-link"
    ),
    "xl/connections": _CONNECTION,
    "xl/querytables/": _CONNECTION,
}


class Package:
    """The parts of one Office package called ``name`` in messages.

    To make one and to read a part raises UnreadableError for what no honest program writes, and for a package that
    is no workbook or holds what a form never has.
    """

    def __init__(self, data: bytes, name: str):
        self.name, self._data, self._left = name, data, _TOTAL_BYTES
        # Counted before zipfile reads the directory: an object for each of a million entries is already a bomb.
        if _END not in data[-66_000:]:
            raise unreadable(name, "ファイルが途中で切れています", SEND_AGAIN, code="intake.file-damaged")
        if data.count(_DIRECTORY) > 2 * _PARTS:
            raise self._bomb()
        try:
            with ZipFile(io.BytesIO(data)) as directory:
                infos = directory.infolist()
        except (BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError, EOFError, OSError):
            raise unreadable(name, "ファイルが壊れています", SEND_AGAIN, code="intake.file-damaged") from None
        self._infos: dict[str, ZipInfo] = {}
        for info in infos:
            self._admit(info)
        if len(infos) > _PARTS or sum(i.file_size for i in infos) > _TOTAL_BYTES:
            raise self._bomb()
        self._refuse_other_kinds()
        self._refuse_foreign_parts()

    def _bomb(self) -> UnreadableError:
        message = "中身が大きすぎる圧縮ファイルです（圧縮を悪用したファイルのおそれがあります）"
        return unreadable(self.name, message, RETURN_OUR_FORM, code="intake.zip-bomb")

    def _admit(self, info: ZipInfo) -> None:
        if info.file_size > _PART_BYTES:
            raise self._bomb()
        if info.file_size > _RATIO_FROM and info.file_size > _RATIO * max(1, info.compress_size):
            raise self._bomb()
        if info.flag_bits & 0x1:
            hint = "パスワードを外して保存してください"
            raise unreadable(self.name, "パスワードが掛かっています", hint, code="intake.password-protected")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise unreadable(
                self.name, "Excel の使わない圧縮がされています", SAVE_AS_XLSX, code="intake.unusual-compression"
            )
        key = info.filename.lower()
        if key in self._infos or ".." in key.split("/") or key.startswith("/") or "\\" in key or ":" in key:
            raise unreadable(self.name, "中の部品の名前が正しくありません", SEND_AGAIN, code="intake.wrong-part-name")
        self._infos[key] = info

    def _has(self, begins: str) -> bool:
        return any(part.startswith(begins) for part in self._infos)

    def _refuse_other_kinds(self) -> None:
        mimetype = self.read("mimetype") if "mimetype" in self else b""
        if mimetype.startswith(b"application/vnd.oasis.opendocument"):
            message = "OpenDocument 形式（.ods など）のファイルです"
            raise unreadable(self.name, message, SAVE_AS_XLSX, code="intake.other-format")
        for begins, problem in _OTHER_KINDS.items():
            if self._has(begins):
                raise unreadable_for(problem, self.name)
        if "[Content_Types].xml" not in self:
            message = "Excel のファイルではない圧縮ファイルです"
            raise unreadable(self.name, message, RETURN_OUR_FORM, code="intake.other-format")

    def _refuse_foreign_parts(self) -> None:
        for begins, problem in _FOREIGN_PARTS.items():
            if self._has(begins):
                raise unreadable_for(problem, self.name)
        types = self.read("[Content_Types].xml")
        if any(p.endswith("vbaproject.bin") for p in self._infos) or re.search(rb"(?i)macroEnabled|vbaProject", types):
            message = "マクロの使えるファイル（.xlsm など）です"
            raise unreadable(self.name, message, _WITHOUT_MACROS, code="intake.macro")

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._infos

    def read(self, part: str) -> bytes:
        """One part, inflated here and not by zipfile: the header's word for the size is not taken."""
        info = self._infos.get(part.lower())
        if info is None:
            raise self._damaged(part, "がありません")
        limit = min(_PART_BYTES, self._left)
        try:
            inflated = self._inflated(info, limit)
        except (EOFError, struct.error, zlib.error):
            raise self._damaged(part, "を読めません") from None
        if len(inflated) > limit:
            raise self._bomb()
        if len(inflated) != info.file_size or zlib.crc32(inflated) != info.CRC:
            raise self._damaged(part, "の大きさが合いません")
        self._left -= len(inflated)
        return inflated

    def _inflated(self, info: ZipInfo, limit: int) -> bytes:
        """The bytes of a part, at most one more than ``limit``; raises EOFError where the stream has no end."""
        at = info.header_offset
        names, extras = struct.unpack("<HH", self._data[at + 26 : at + 30])
        begin = at + 30 + names + extras
        packed = self._data[begin : begin + info.compress_size]
        if info.compress_type == ZIP_STORED:
            return packed[: limit + 1]
        stream = zlib.decompressobj(-15)
        inflated = stream.decompress(packed, limit + 1)
        if len(inflated) <= limit and not stream.eof:
            raise EOFError
        return inflated

    def _damaged(self, part: str, wrong: str) -> UnreadableError:
        message = f"ファイルが壊れています（{part[:60]} {wrong}）"
        return unreadable(self.name, message, SEND_AGAIN, code="intake.file-damaged")
