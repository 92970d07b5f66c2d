"""The office's folder and its yoshiki.toml."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from offices import FORMS, Desk, assessed, known

from generator.operations.settings import Settings
from generator.problem import Position, ProblemError, RefusedError, UnreadableError, format_problem
from generator.register.database import location
from generator.register.office import FILE, create_office, load_office, office_folder
from generator.scheme.model import Series
from generator.storage.network_drive import filesystem, remote


def write(desk: Desk, text: str) -> str:
    """What is said of a yoshiki.toml."""
    (desk.root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError) as error:
        load_office(desk.root)
    return "\n".join(format_problem(p) for p in error.value.problems)


def test_found_upward(desk: Desk, tmp_path: Path) -> None:
    deep = desk.root / "cases" / "令和5年度"
    deep.mkdir()
    assert office_folder(deep) == desk.root.resolve()
    assert office_folder(tmp_path) is None


def test_a_folder_in_use_is_refused(desk: Desk) -> None:
    with pytest.raises(ProblemError, match="もうファイルがあります"):
        create_office(desk.root)
    assert (desk.root / FILE).is_file()


def test_a_new_yoshiki_toml_takes_its_examples_from_the_schemes(tmp_path: Path) -> None:
    scheme = known().get("lecture")
    series = {
        "無記号": Series("無記号", "第{番号}号", "年度", "新番号"),
        "登録": Series("登録", "見本県{文書記号}登録第{番号}号", "年度", "新番号"),
    }
    left = replace(scheme, id="other", rulebook=replace(scheme.rulebook, left=("加算の割合",)))
    create_office(tmp_path / "office", schemes=[replace(scheme, series=series), left])
    path = tmp_path / "office" / FILE
    text = path.read_text(encoding="utf-8")
    assert (
        "（見本県{文書記号}登録第12号）" in text and '# ["次の番号"."登録"]' in text and '"定め"."lecture"' not in text
    )
    for commented in ('# ["定め"."other"]', '# "加算の割合" ='):
        assert commented in text
        text = text.replace(commented, commented.removeprefix("# "))
    path.write_text(text.replace('"値" = "", "根拠" = ""', '"値" = "3%", "根拠" = "規則"'), encoding="utf-8")
    (row,) = load_office(path.parent).parameters.of("other")["加算の割合"]
    assert row == (date(2023, 4, 1), Fraction(3, 100), "規則", "")


ROW = '{"から" = "令和5年4月1日", "値" = "1/2", "根拠" = "規則"}'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["定め"]\n"率" = "1/2"', "定めは制度ごとに書いてください"),
        ('["定め"."tiny"]\n"率" = "1/2"', "一組ずつ書いてください"),
        ('["定め"."tiny"]\n"率" = []', "一組ずつ書いてください"),
        (f'["定め"."tiny"]\n"率" = [{ROW.replace("根拠", "備考")}]', "一組ずつ書いてください"),
        (f'["定め"."tiny"]\n"率" = [{ROW.replace("規則", "")}]', "一組ずつ書いてください"),
        (f'["定め"."tiny"]\n"率" = [{ROW.replace("令和5年4月1日", "春")}]', "「から」が日付として読めません"),
        (f'["定め"."tiny"]\n"率" = [{ROW}, {ROW}]', "令和5年4月1日からの値が二つあります"),
    ],
)
def test_values_that_cannot_be_read(desk: Desk, text: str, message: str) -> None:
    told = write(desk, text)
    assert message in told and "「率」" in told and FILE in told


def test_settings(desk: Desk) -> None:
    text = """
"文書記号" = {"既定" = "総企", "通知" = "総企通"}
["予算"]
"令和5年度" = "5,000,000円"
["予算"."tiny"]
"令和5年度" = 300
["次の番号"."指令"]
"令和5年度" = 41
"令和6年" = 7
"""
    (desk.root / FILE).write_text(text, encoding="utf-8")
    office = load_office(desk.root)
    assert (office.symbol("指令"), office.symbol("通知")) == ("総企", "総企通")
    assert office.budget("other", "令和5年度") == 5_000_000 and office.budget("tiny", "令和5年度") == 300
    assert office.budget("tiny", "令和6年度") is None
    assert (office.start("指令", "令和5年度"), office.start("指令", "令和6年"), office.start("通知", "令和5年度")) == (
        41,
        7,
        1,
    )
    (desk.root / FILE).write_text('"文書記号" = "経イ"\n', encoding="utf-8")
    assert load_office(desk.root).symbol("指令") == "経イ"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"台張" = "register.db"\n', "1:2: 「台張」: この項目はありません"),
        ('"台張" = "register.db"\n', "「台帳」ではありませんか"),
        ("台帳 = 1\n", "TOML として読めません"),
        ('"台帳" = 1\n', "文字を書いてください"),
        ('"予算" = 1\n', "表を書いてください"),
        ('["予算"]\n"令和5年度" = "多い"\n', "金額として読めません"),
        ('["予算"]\n"5年" = 1\n', "年として読めません"),
        ('["予算"]\n"昭平5年度" = 1\n', "年として読めません"),
        ('["次の番号"]\n"指令" = 3\n', "年ごとに"),
        ('["次の番号"."指令"]\n"令和5年度" = 0\n', "1以上の整数"),
    ],
)
def test_slips(desk: Desk, text: str, expected: str) -> None:
    assert expected in write(desk, text)


def test_settings_in_another_encoding(desk: Desk) -> None:
    (desk.root / FILE).write_bytes('"台帳" = "register.db"\n'.encode("cp932"))
    with pytest.raises(UnreadableError, match="UTF-8 ではありません"):
        load_office(desk.root)


def test_a_missing_symbol_is_told_where_it_belongs(desk: Desk) -> None:
    """At its table; and where that is not written, or the file is gone since it was read, at the file."""
    (desk.root / FILE).write_text('["文書記号"]\n"通知" = "総企"\n', encoding="utf-8")
    office = load_office(desk.root)

    def told() -> Position:
        with pytest.raises(RefusedError, match="文書記号が決められていません") as caught:
            office.symbol("指令")
        (problem,) = caught.value.problems
        assert problem.position is not None
        return problem.position

    assert (told().file, told().line) == (str(desk.root / FILE), 1)
    (desk.root / FILE).write_text("", encoding="utf-8")
    assert told().line == 0
    (desk.root / FILE).unlink()
    assert told() == Position(str(desk.root / FILE), 0, 0)


def test_a_missing_or_short_key(desk: Desk) -> None:
    key = desk.root / "register.key"
    key.write_text("short\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="短すぎる"):
        desk.register()
    key.unlink()
    with pytest.raises(ProblemError, match="鍵のファイルを読めません"):
        desk.register()


MOUNTS = """\
no mount
/dev/vda / ext4 rw 0 0
server:/share /mnt/share nfs4 rw 0 0
//nas/office /mnt/office\\040files cifs rw 0 0
tmpfs /mnt/share/local tmpfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/register.db", "ext4"),
        ("/mnt/share/register.db", "nfs4"),
        ("/mnt/sharepoint/register.db", "ext4"),
        ("/mnt/office files/x/register.db", "cifs"),
        ("/mnt/share/local/register.db", "tmpfs"),
    ],
)
def test_which_file_system(path: str, kind: str) -> None:
    assert filesystem(Path(path), MOUNTS) == kind


def test_network_drive(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not remote(desk.root)
    monkeypatch.setattr("generator.storage.network_drive.filesystem", lambda path, mounts: "cifs")
    with pytest.raises(ProblemError, match="ネットワークドライブ"):
        desk.register()


def test_locations(tmp_path: Path) -> None:
    assert location("register.db", tmp_path).database == str(tmp_path / "register.db")
    assert location("sqlite:///a/b.db", tmp_path).database == str(tmp_path / "a" / "b.db")
    assert location("postgresql://u@h/d", tmp_path).drivername == "postgresql+psycopg"
    for text in ("mysql://u@h/d", "://", "sqlite://"):
        with pytest.raises(ProblemError):
            location(text, tmp_path)


def test_the_values_of_an_office_are_in_force_from_their_days(desk: Desk) -> None:
    case = desk.case("R5-001")
    settings = Settings((FORMS,), desk.root)
    schemes = settings.schemes()
    assert assessed(case, schemes).value("申請", "上限額") == 50_000
    before = schemes.get("tiny").digest
    path, more = desk.root / FILE, '["定め"."tiny"]\n"補助率" = [{}]\n'
    plain = path.read_text(encoding="utf-8")
    rows = ((date(2019, 4, 1), "1/4", 25_000), (date(2023, 8, 31), "10%", 10_000), (date(2023, 9, 2), "1/4", 50_000))
    seen = {before}
    for begins, value, amount in rows:
        row = f'{{"から" = {begins}, "値" = "{value}", "根拠" = "規則"}}'
        path.write_text(plain + more.format(row), encoding="utf-8")
        assert assessed(case, schemes).value("申請", "上限額") == amount
        seen.add(schemes.get("tiny").digest)
        assert schemes.get("tiny") is schemes.get("tiny")
    assert len(seen) == 1 + len(rows)
    path.write_text(plain, encoding="utf-8")
    assert schemes.get("tiny").digest == before
    for name, said in (("補助額", "「補助率」ではありませんか"), ("何か", "書けるのは 補助率 です")):
        path.write_text(plain + more.format(ROW).replace("補助率", name), encoding="utf-8")
        with pytest.raises(UnreadableError) as error:
            schemes.get("tiny")
        assert error.value.problems[0].code == "scheme.unknown-parameter"
        assert said in format_problem(error.value.problems[0])
        assert error.value.problems[0].position == load_office(desk.root).position(name)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (f'["定め"."tinny"]\n"補助率" = [{ROW}]', "scheme.unknown-scheme", "「tiny」ではありませんか"),
        (
            f'["定め"."tiny"]\n"補助率" = [{ROW.replace("1/2", "0.5")}]',
            "scheme.unfit-parameter",
            "率（1/2、5.5% など）を",
        ),
        (f'["定め"."tiny"]\n"補助率" = [{ROW.replace("1/2", "R5.4.1")}]', "scheme.unfit-parameter", "率（1/2、"),
    ],
)
def test_a_value_that_would_never_count_is_told_where_it_stands(desk: Desk, text: str, code: str, said: str) -> None:
    path = desk.root / FILE
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{text}\n", encoding="utf-8")
    with pytest.raises(UnreadableError) as error:
        Settings((FORMS,), desk.root).schemes().get("tiny")
    (problem,) = error.value.problems
    assert (problem.code, said in problem.hint) == (code, True)
    assert problem.position and problem.position.file == str(path) and problem.position.line > 10


def test_a_whole_number_is_a_ratio_too(desk: Desk) -> None:
    path = desk.root / FILE
    row = ROW.replace("1/2", "1")
    path.write_text(f'{path.read_text(encoding="utf-8")}\n["定め"."tiny"]\n"補助率" = [{row}]\n', encoding="utf-8")
    schemes = Settings((FORMS,), desk.root).schemes()
    assert assessed(desk.case("R5-001"), schemes).value("申請", "上限額") == 100_000
