"""The entries of the register, each signed together with the one before it.

An entry's MAC is HMAC-SHA256 under the office's key over its canonical JSON, in which the MAC of the entry
before it stands. So whoever lacks the key can neither change, add nor leave out an entry unseen; only a tail
cut off needs the head that the last export printed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from generator.problem import Position, Problem, RefusedError, UnavailableError, UnreadableError

ISSUED, REISSUED, REPLACED, VOID, PAPER = "発行", "再発行", "差替え", "欠番", "紙"
RELEASED = "予算戻し"  # the document stays valid, but the money it promised is there again for others
DOCUMENTS = (ISSUED, REISSUED, REPLACED, PAPER)  # kinds that give a document its number
_SHORTEST_KEY = 32  # characters
_LONGEST_TEXT = 500  # characters
_TEXTS = {"applicant": "相手方", "title": "件名", "reason": "理由", "note": "備考", "who": "記した人", "text": "番号"}
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register. Nothing is ever changed in it or taken out of it.

    ``taken`` is the number where the entry takes one, and None where it speaks of a number taken before
    (差替え, or 欠番 of an issued document). ``files`` is JSON: the name of each kept file and its SHA-256.
    """

    seq: int  # 1, 2, 3 … without gaps
    kind: str
    scheme: str
    series: str
    year: str  # 令和5年度, 令和5年
    number: int
    text: str  # as printed
    date: str  # of the document, ISO
    taken: int | None = None
    case_number: str = ""
    form: str = ""
    ordinal: int | None = None
    revision: int | None = None
    applicant: str = ""
    title: str = ""
    reason: str = ""
    note: str = ""  # 備考
    who: str = ""  # OS user
    at: str = ""  # UTC, ISO
    case_sha256: str = ""
    files: str = ""
    staging: str = ""
    folder: str = ""  # below the folder of issued documents
    key: str = ""  # which key signed
    previous: str = ""  # MAC of the entry before, '' for the first
    mac: str = ""

    @property
    def hashes(self) -> dict[str, str]:
        """The name of each kept file and its SHA-256; {} where that has been made unreadable."""
        try:
            files = json.loads(self.files or "{}")
        except ValueError:
            return {}
        return files if isinstance(files, dict) else {}

    @property
    def designation(self) -> str:
        """What a message calls the entry: its place in the register and its number as printed."""
        return f"台帳の第{self.seq}項（{self.text}）"


def _is_moment(text: str) -> bool:
    try:
        return bool(_MOMENT.fullmatch(text) and datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    except ValueError:  # of that shape, and in no calendar
        return False


def refuse_unwritable(entry: Entry) -> None:
    """Raise RefusedError for a text that cannot stand in a line of the register for ever, for a moment that is
    none, and where nobody is named: what is written there is never taken out again."""
    for name, label in _TEXTS.items():
        text = getattr(entry, name)
        if any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text):
            hint = "改行や制御文字を除いて、一行で書いてください"
            raise RefusedError([Problem(f"{label}に、台帳に書けない文字があります", hint=hint, code="register.text")])
        if len(text) > _LONGEST_TEXT:
            message = f"{label}が長すぎます（{len(text):,}字、上限は{_LONGEST_TEXT}字）"
            raise RefusedError([Problem(message, hint="短くしてください", code="register.text-too-long")])
    if not entry.who.strip():
        hint = "だれが記すのか（担当者の名前）を渡してください"
        raise RefusedError([Problem("だれが記すのかが分かりません", hint=hint, code="register.no-clerk")])
    if not _is_moment(entry.at):
        message = "いつ記すのかが分かりません"
        hint = "時刻は 2023-10-18T01:23:45Z の形（協定世界時）で渡してください"
        raise RefusedError([Problem(message, hint=hint, code="register.no-moment")])


def canonical(entry: Entry) -> bytes:
    """What is signed: every field but the MAC; empty ones are left out, so that a field added later changes nothing."""
    fields = {name: value for name, value in asdict(entry).items() if name != "mac" and value not in (None, "")}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


@dataclass(frozen=True)
class Keys:
    """The newest first: it signs, every one of them verifies."""

    keys: tuple[bytes, ...]

    @classmethod
    def read(cls, path: Path) -> Keys:
        """The key file: one key a line, the newest first; raises ProblemError."""
        try:
            lines = path.read_text(encoding="utf-8").split()
        except (OSError, UnicodeDecodeError):
            message, at = "鍵のファイルを読めません", Position(str(path), 0, 0)
            hint = "バックアップから戻してください"
            raise UnavailableError([Problem(message, at, hint=hint, code="register.key-unreadable")]) from None
        if not lines or any(len(line) < _SHORTEST_KEY for line in lines):
            message, at = "鍵のファイルに、短すぎる鍵があるか、鍵がありません", Position(str(path), 0, 0)
            hint = "バックアップから戻してください"
            raise UnreadableError([Problem(message, at, hint=hint, code="register.key-too-short")])
        return cls(tuple(line.encode("utf-8") for line in lines))

    @staticmethod
    def fresh() -> str:
        """A new key as it stands in the file: 256 random bits."""
        return secrets.token_urlsafe(32)

    def signed(self, entry: Entry) -> Entry:
        """The entry with the MAC of the newest key, and the name of that key."""
        entry = replace(entry, key=_name(self.keys[0]), mac="")
        return replace(entry, mac=_mac(self.keys[0], entry))

    def fault(self, entry: Entry) -> str:
        """Why the entry's MAC cannot be trusted; '' when it can."""
        for key in self.keys:
            if _name(key) == entry.key:
                return "" if hmac.compare_digest(_mac(key, entry), entry.mac) else "書き換えられています"
        return "役所の鍵で記されたものではありません"


def _name(key: bytes) -> str:
    return hashlib.sha256(key).hexdigest()[:8]


def _mac(key: bytes, entry: Entry) -> str:
    return hmac.new(key, canonical(entry), hashlib.sha256).hexdigest()


def chain_faults(entries: Sequence[Entry], keys: Keys, head: str = "") -> Iterator[Problem]:
    """What is wrong with the chain: changed, missing, added or re-chained entries; a tail cut off before ``head``."""
    last, previous = 0, ""
    for entry in entries:
        if entry.seq != last + 1:
            lost = f"第{last + 1}項" if entry.seq == last + 2 else f"第{last + 1}項から第{entry.seq - 1}項まで"
            yield Problem(f"台帳の{lost}がありません", code="register.entry-missing")
        elif entry.previous != previous:
            message = f"{entry.designation}は、前の項とつながっていません（前に項が足されたか、除かれています）"
            yield Problem(message, code="register.chain-broken")
        if fault := keys.fault(entry):
            yield Problem(f"{entry.designation}は{fault}", code="register.entry-altered")
        last, previous = entry.seq, entry.mac
    wanted = head.strip().lower()
    if wanted and not any(e.mac.startswith(wanted) for e in entries):
        yield Problem(
            "台帳に、示された末尾の項がありません（末尾が切り取られたか、別の台帳です）",
            hint="最後に書き出した文書番号台帳の末尾の値と、バックアップとを照らし合わせてください",
            code="register.head-missing",
        )


def valid_documents(entries: Iterable[Entry]) -> dict[tuple[str, int], Entry]:
    """The documents of one case that have a valid number: (form, ordinal) → the latest revision."""
    newest: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        if entry.kind in DOCUMENTS and entry.form:
            newest[entry.form, entry.ordinal or 0] = entry
        elif entry.kind == VOID:
            for document, earlier in list(newest.items()):
                if (earlier.scheme, earlier.series, earlier.year, earlier.number) == (
                    entry.scheme, entry.series, entry.year, entry.number,
                ):  # fmt: skip
                    del newest[document]
    return newest
