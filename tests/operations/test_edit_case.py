"""The file of a case has one writer at a time, on one computer or on several that share a register."""

from __future__ import annotations

import threading
from pathlib import Path

import offices
import pytest

from generator.api import Settings, Workspace
from generator.problem import RefusedError


@pytest.mark.xdist_group("servers")
@pytest.mark.parametrize("sharing", ["sqlite", "postgresql"])
def test_writers_of_one_case_wait_for_each_other(tmp_path: Path, sharing: str, request: pytest.FixtureRequest) -> None:
    """With PostgreSQL also where they see the file in folders of their own, as computers do."""
    url = request.getfixturevalue("database") if sharing == "postgresql" else ""
    desk = offices.office(tmp_path / "office", url)
    case, other = desk.case("A-1"), desk.case("A-2")
    space, there = (Workspace(Settings((offices.FORMS,), desk.root)) for _ in range(2))
    assert [p.name for p in desk.root.rglob(".*.lock")] == []
    with space._register.case_lock(case):
        assert bool(list(desk.root.rglob(".A-1.yaml.lock"))) == (sharing == "sqlite")
        thread = threading.Thread(target=there.set_values, args=(case, {"決定.金額": "99000"}))
        thread.start()
        there.set_values(other, {"決定.金額": "98000"})  # another case is nobody's business
        thread.join(0.5)
        assert thread.is_alive() and "99000" not in case.read_text(encoding="utf-8")
    thread.join(30)
    assert "99000" in case.read_text(encoding="utf-8") and "98000" in other.read_text(encoding="utf-8")


def test_two_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each value is written, or its writer is told that the file had changed."""
    desk = offices.office(tmp_path / "office")
    case = desk.case("A-1")
    space = Workspace(Settings((offices.FORMS,), desk.root))
    told: list[str] = []

    def write(item: str, value: str) -> None:
        for _ in range(50):
            try:
                space.set_values(case, {item: value})
                return
            except RefusedError as error:
                assert [p.code for p in error.problems] == ["storage.case-changed"]
        told.append(item)

    values = {
        "申請.金額": "100001",
        "決定.金額": "90001",
        "申請.申請者.代表者": "例示　一",
        "申請.申請者.事業者名": "例",
    }
    threads = [threading.Thread(target=write, args=pair) for pair in values.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    text = case.read_text(encoding="utf-8")
    assert not told and all(value in text for value in values.values())
