"""What a returned file is, told by its first bytes; for what is no form that can be read, what it is instead."""

from __future__ import annotations

from generator.intake.untrusted.refusal import RETURN_OUR_FORM, SAVE_AS_XLSX, SEND_AGAIN, unreadable
from generator.problem import UnreadableError

FILE_BYTES = 10_000_000  # a form with all its rows has 0.2 MB
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(data: bytes, file: str) -> str:
    """'xlsx' or 'pdf'; raises UnreadableError, which says what it is, for a file that is neither or too large."""
    if len(data) > FILE_BYTES:
        message = f"ファイルが大きすぎます（{FILE_BYTES // 1_000_000}MB まで）"
        raise unreadable(file, message, "写真などを消してから保存してください", code="intake.file-too-large")
    if not data:
        raise unreadable(file, "ファイルの中身がありません", SEND_AGAIN, code="intake.file-empty")
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE):
        raise _old_office(data, file)
    raise _other_kind(data, file)


def _other_kind(data: bytes, file: str) -> UnreadableError:
    head, name = data[:4096].lstrip(b"\xef\xbb\xbf \r\n\t"), file.lower()
    if head.startswith(b"<?xml") and b"Excel.Sheet" in head:
        return unreadable(file, "古い XML 形式の Excel ファイルです", SAVE_AS_XLSX, code="intake.old-excel")
    if head.lower().startswith((b"<html", b"<!doctype html", b"<table")):
        return unreadable(file, "HTML のファイルです", RETURN_OUR_FORM, code="intake.other-format")
    if name.endswith((".csv", ".tsv", ".txt")):
        message = "CSV（文字だけの表）です。項目がどの欄のものか分かりません"
        return unreadable(file, message, RETURN_OUR_FORM, code="intake.other-format")
    if name.endswith((".yaml", ".yml")):
        message = "案件の YAML です。読み取るのは記入された用紙です"
        return unreadable(file, message, "yoshiki check で確かめてください", code="intake.case-file")
    if name.endswith((".xlsx", ".pdf")):
        return unreadable(
            file, "ファイルが壊れています（Excel でも PDF でもありません）", SEND_AGAIN, code="intake.file-damaged"
        )
    return unreadable(file, "Excel（.xlsx）でも PDF でもありません", RETURN_OUR_FORM, code="intake.other-format")


def _old_office(data: bytes, file: str) -> UnreadableError:
    def named(text: str) -> bool:
        return text.encode("utf-16-le") in data

    if named("EncryptedPackage") or named("EncryptionInfo"):
        hint = "Excelで開き、「ファイル」「情報」「ブックの保護」でパスワードを外して保存してください"
        return unreadable(file, "パスワードが掛かっています", hint, code="intake.password-protected")
    if named("Workbook") or named("Book"):
        return unreadable(file, "古い形式（.xls）の Excel ファイルです", SAVE_AS_XLSX, code="intake.old-excel")
    if named("WordDocument"):
        return unreadable(file, "Word のファイル（.doc）です", RETURN_OUR_FORM, code="intake.other-format")
    return unreadable(file, "古い形式の Office ファイルです", SAVE_AS_XLSX, code="intake.other-format")
