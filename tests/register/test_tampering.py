"""Whoever has the register but not the key cannot change it unseen."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import offices
import pytest
import sqlalchemy as sa
from offices import Desk

from generator.operations.check import check_files
from generator.problem import ProblemError
from generator.register.database import entries as table
from generator.register.entry import Entry, Keys
from generator.register.ledger import head
from generator.register.register import Register, verify


@pytest.fixture
def register(either: Desk) -> Register:
    for n in range(4):
        either.issue(either.case(f"A-{n}"))
    made = either.register()
    assert list(verify(made)) == []
    return made


def told(register: Register, wanted: str = "") -> str:
    return "\n".join(p.message for p in verify(register, wanted))


def rewrite(register: Register, found: Sequence[Entry]) -> None:
    with register.ledger.engine.begin() as connection:
        connection.execute(sa.delete(table))
        for entry in found:
            connection.execute(sa.insert(table).values(**asdict(entry)))


# all of them: what is not signed, could be changed unseen (a changed seq is a missing entry, a changed MAC no MAC)
FIELDS = tuple(f.name for f in fields(Entry) if f.name not in ("seq", "key", "mac"))


def test_every_field_is_signed(register: Register) -> None:
    found = register.ledger.entries()
    for name in FIELDS:
        value = getattr(found[1], name)
        changed = replace(found[1], **{name: value + 10 if isinstance(value, int) else f"{value}0"})
        rewrite(register, [found[0], changed, *found[2:]])
        assert "第2項" in told(register) and "書き換えられています" in told(register), name


def test_no_document_rests_on_a_changed_entry(either: Desk) -> None:
    path = either.case("A-1", more="確定: {確定日: 令和6年3月25日, 金額: 45000}\n")
    either.issue(path)
    register = either.register()
    (entry,) = register.ledger.entries()
    rewrite(register, [replace(entry, text="見本市指令総企第9号")])
    with pytest.raises(ProblemError, match="書き換えられています"):
        either.issue(path, "07")
    (checked,) = check_files([path], offices.known(), register=either.register())
    assert not checked.ok


def test_a_missing_entry(register: Register) -> None:
    found = register.ledger.entries()
    rewrite(register, [found[0], *found[2:]])
    assert "第2項がありません" in told(register)
    rewrite(register, [found[0], found[3]])
    assert "第2項から第3項までがありません" in told(register)
    rewrite(register, found[1:])
    assert "第1項がありません" in told(register)


def test_a_missing_entry_closed_up(register: Register) -> None:
    """The gap is hidden by new numbers; the signatures do not fit any more."""
    found = register.ledger.entries()
    rewrite(register, [found[0], *(replace(e, seq=e.seq - 1) for e in found[2:])])
    assert "つながっていません" in told(register) and "書き換えられています" in told(register)


def test_an_added_entry(register: Register) -> None:
    found = register.ledger.entries()
    forged = replace(found[3], seq=5, number=5, taken=5, revision=9, previous=head(found))
    rewrite(register, [*found, forged])
    assert "第5項" in told(register) and "書き換えられています" in told(register)


def test_chained_again_without_the_key(register: Register) -> None:
    """A consistent chain under a key of the forger's own."""
    keys, previous, forged = Keys((Keys.fresh().encode(),)), "", []
    for entry in register.ledger.entries():
        signed = keys.signed(replace(entry, applicant="有限会社例示", previous=previous))
        forged.append(signed)
        previous = signed.mac
    rewrite(register, forged)
    assert told(register).count("役所の鍵で記されたものではありません") == 4
    own = Keys((register.ledger.keys.keys[0],)).signed(forged[0]).key
    rewrite(register, [replace(e, key=own) for e in forged])  # and under the name of the office's key
    assert told(register).count("書き換えられています") == 4


def test_two_pasts_are_not_joined(register: Register) -> None:
    """After a backup was restored there are two third entries, both signed; the fourth belongs to one of them."""
    first, second, third, fourth = register.ledger.entries()
    keys = register.ledger.keys
    other = keys.signed(replace(third, applicant="有限会社例示"))
    forged = [first, second, other, fourth]
    rewrite(register, forged)
    assert "第4項" in told(register) and "つながっていません" in told(register)
    rewrite(register, [first, second, other, replace(fourth, previous=other.mac)])  # closed up without the key
    assert "第4項" in told(register) and "書き換えられています" in told(register)
    rewrite(register, [first, second, other, keys.signed(replace(fourth, previous=other.mac))])
    assert told(register) == ""


def test_a_cut_tail_is_found_by_the_head_printed_before(register: Register) -> None:
    found = register.ledger.entries()
    printed = head(found)
    assert told(register, printed) == told(register, printed[:16]) == ""
    rewrite(register, found[:2])
    assert "台帳にないファイル" in told(register)  # its documents still tell
    for entry in found[2:]:
        shutil.rmtree(register.archive.root / entry.folder)
    assert told(register) == ""
    assert "末尾が切り取られた" in told(register, printed)


def test_a_register_that_has_grown_since_the_head_was_printed(either: Desk) -> None:
    either.issue(either.case("A-1"))
    printed = head(either.register().ledger.entries())
    either.issue(either.case("A-2"))
    assert told(either.register(), printed) == ""


@pytest.mark.parametrize("name", ["04-decision.pdf", "決定一式.xlsx", "case.yaml", "texts.json"])
def test_an_issued_file(register: Register, name: str) -> None:
    path: Path = register.archive.root / "tiny" / "A-1" / "04-decision" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    assert "第2項" in told(register) and "変えられています" in told(register)
    path.unlink()
    assert "第2項" in told(register) and "発行文書がありません" in told(register)


def test_a_file_put_among_them(register: Register) -> None:
    (register.archive.root / "tiny" / "A-1" / "04-decision" / "extra.pdf").write_bytes(b"%PDF")
    assert "台帳にないファイル" in told(register)


def test_a_new_key_signs_and_the_old_one_still_verifies(desk: Desk) -> None:
    desk.issue(desk.case("A-1"))
    path = desk.root / "register.key"
    old = path.read_text(encoding="utf-8")
    path.write_text(Keys.fresh() + "\n" + old, encoding="utf-8")
    desk.issue(desk.case("A-2"))
    first, second = desk.register().ledger.entries()
    assert first.key != second.key and told(desk.register()) == ""
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "第1項" in told(desk.register()) and "役所の鍵" in told(desk.register())
