"""An office's folder: where the register, the issued documents and the key are, and what the office has set."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.japan import wareki, yen
from generator.problem import Position, Problem, RefusedError, UnreadableError, nearest
from generator.scheme.model import Scheme, Series
from generator.scheme.office_values import OfficeValues
from generator.scheme.parameters import Dated, Values, value_of

FILE = "yoshiki.toml"
_KEYS = ("台帳", "発行文書", "鍵", "文書記号", "予算", "次の番号", "定め")
_ROW = ("から", "値", "根拠")  # of a value under 定め
_DEFAULT = "既定"
_NUMBER = 12  # of the example in a new yoshiki.toml

_TEMPLATE = """\
# 役所（課）の設定。このフォルダーとその中で yoshiki を実行すると読まれます。
# 日本語の項目名は "" で囲みます。場所は、このファイルのあるフォルダーから数えます。

# 文書番号台帳: この計算機のディスクにあるファイルの名前か、何台かで使うなら postgresql://利用者@計算機/データベース
"台帳" = {ledger}

# 発行した文書を納めるフォルダー（消さないでください）
"発行文書" = "issued"

# 台帳に署名する鍵のファイル（1行に一つ、新しいものを上に。バックアップは台帳と別の所に置いてください）
"鍵" = "register.key"

# 文書番号に入る課の記号（{number}）。系列ごとに違うときは "{series}" = "経イ" のように書きます。
["文書記号"]
"既定" = ""

# その年度の予算（円）。制度ごとに違うときは ["予算"."制度の名前"] の下に書きます。
["予算"]
# "令和5年度" = 5000000

# 年の途中から使い始めるときの、系列ごとの次の番号（紙の台帳で第40号まで使ったなら 41）
# ["次の番号"."{series}"]
# "令和5年度" = 41
{left}"""
_LEFT = """
# 制度が役所に任せている値。確かめてから書きます（値が変わったら、その日からの値を並べて足します）。
# ["定め"."{scheme}"]
"""
_LEFT_ROW = '# "{name}" = [{{"から" = "令和5年4月1日", "値" = "", "根拠" = ""}}]\n'


@dataclass(frozen=True)
class OfficeSettings:
    """What an office has set in its yoshiki.toml, and where its files are; ``root`` is its folder."""

    root: Path
    ledger: str = "register.db"  # as written: a file name or a URL
    issued: Path = Path("issued")
    key: Path = Path("register.key")
    symbols: dict[str, str] = field(default_factory=dict)  # 文書記号 of a series; 既定 for the others
    budgets: dict[tuple[str, str], int] = field(default_factory=dict)  # (scheme or '', 年度) → yen
    starts: dict[tuple[str, str], int] = field(default_factory=dict)  # (series, year) → next number on paper
    parameters: OfficeValues = field(default_factory=OfficeValues)

    def symbol(self, series: str) -> str:
        """The 文書記号 of a series; raises ProblemError where none is set."""
        pattern = self.symbols.get(series) or self.symbols.get(_DEFAULT)
        if not pattern:
            hint = f'["文書記号"] の下に "{_DEFAULT}" = "課の記号" を書いてください'
            message, at = "文書記号が決められていません", self.position("文書記号")
            raise RefusedError([Problem(message, at, hint=hint, code="register.no-symbol")])
        return pattern

    def printed(self, series: Series, number: int) -> str:
        """A number as it is printed, with the office's 文書記号; raises ProblemError where none is set."""
        symbol = self.symbol(series.name) if "{文書記号}" in series.pattern else ""
        return series.pattern.replace("{文書記号}", symbol).replace("{番号}", str(number))

    def budget(self, scheme: str, year: str) -> int | None:
        """The 予算 of a scheme in a 年度 (令和5年度), in yen; None where none is set."""
        return self.budgets.get((scheme, year), self.budgets.get(("", year)))

    def start(self, series: str, year: str) -> int:
        """The first number to be given in a year (令和5年度): 1, or what follows on the last one on paper."""
        return self.starts.get((series, year), 1)

    def position(self, key: str) -> Position:
        """Where a setting stands in yoshiki.toml; the file alone where it does not stand there."""
        return _position(self.root / FILE, key)


def office_folder(start: Path) -> Path | None:
    """The folder of the office that holds ``start``, found upward as git does; None outside of any.

    Whether its yoshiki.toml can be read is not looked into.
    """
    with suppress(ValueError):  # of a name that no file system can have
        start = start.resolve()
    return next((folder for folder in (start, *start.parents) if (folder / FILE).is_file()), None)


def load_office(root: Path) -> OfficeSettings:
    """Read the yoshiki.toml of a folder; raises ProblemError with everything wrong in it."""
    import tomllib  # only where there is an office

    path = root / FILE
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        message, at = "役所の設定のファイルを読めません", Position(str(path), 0, 0)
        hint = "役所のフォルダーの場所を確かめてください。初めて使うときは yoshiki init で作れます"
        raise UnreadableError([Problem(message, at, hint=hint, code="register.no-settings")]) from None
    except UnicodeDecodeError:
        message, at = "文字コードが UTF-8 ではありません", Position(str(path), 0, 0)
        hint = "UTF-8 で保存し直してください"
        raise UnreadableError([Problem(message, at, hint=hint, code="register.settings-encoding")]) from None
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError([_syntax(path, error)]) from None
    reader = _SettingsReader(path)
    office = reader.office(root, given)
    if reader.problems:
        raise UnreadableError(reader.problems)
    return office


def create_office(
    folder: Path, ledger: str = "register.db", key: str = "", schemes: Sequence[Scheme] = ()
) -> OfficeSettings:
    """A new office's folder with everything but the register; raises ProblemError for a folder that holds anything.

    ``schemes``: those at hand; the remarks in yoshiki.toml take their example from the first series with a 文書記号,
    and name the parameters that a scheme leaves to the office.
    """
    from generator.storage.case_folder import private_folder, write_new  # for start-up time: seldom is an office made

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "空のフォルダーか、まだない名前を書いてください"
        message, at = "そこにはもうファイルがあります", Position(str(folder), 0, 0)
        raise RefusedError([Problem(message, at, hint=hint, code="register.folder-not-empty")])
    private_folder(folder)
    folder.chmod(0o700)
    for name in ("cases", "issued"):
        (folder / name).mkdir(mode=0o700)
    write_new(folder / "register.key", f"{key}\n".encode())
    quoted = ledger.replace("\\", "\\\\").replace('"', '\\"')
    series = [series for scheme in schemes for series in scheme.series.values()]
    name, number = next(
        ((s.name, s.pattern.replace("{番号}", str(_NUMBER))) for s in series if "{文書記号}" in s.pattern),
        ("系列の名前", "第12号の前に印刷される記号"),
    )
    left = "".join(
        _LEFT.format(scheme=scheme.id) + "".join(_LEFT_ROW.format(name=n) for n in scheme.rulebook.left)
        for scheme in schemes if scheme.rulebook.left
    )  # fmt: skip
    settings = _TEMPLATE.format(ledger=f'"{quoted}"', series=name, number=number, left=left)
    write_new(folder / FILE, settings.encode())
    return load_office(folder)


@contextmanager
def new_office(folder: Path, ledger: str, key: str, schemes: Sequence[Scheme]) -> Iterator[OfficeSettings]:
    """`create_office` for as long as its register is made: where that fails, nothing of the office stays behind."""
    there = folder.exists()
    made = create_office(folder, ledger, key, schemes)
    try:
        yield made
    except BaseException:
        for path in list(folder.iterdir()):  # the folder was empty: all of it is ours
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        if not there:
            folder.rmdir()
        raise


def _position(path: Path, key: str) -> Position:
    """Where a key first stands; tomllib does not tell."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        lines = []
    for number, line in enumerate(lines, 1):
        if key in line and not line.lstrip().startswith("#"):
            return Position(str(path), number, line.index(key) + 1, len(key), line)
    return Position(str(path), 0, 0)


def _syntax(path: Path, error: ValueError) -> Problem:
    """tomllib says 'Invalid … (at line 3, column 5)'."""
    words = str(error).replace(",", " ").replace(")", " ").split()
    line = int(words[words.index("line") + 1]) if "line" in words else 0
    column = int(words[words.index("column") + 1]) if "column" in words else 0
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
    hint = '「"項目" = "値"」の形で書き、日本語の項目名は "" で囲んでください'
    at = Position(str(path), line, column, 1, excerpt)
    return Problem("TOML として読めません", at, hint=hint, code="register.settings-syntax")


class _SettingsReader:
    def __init__(self, path: Path):
        self.path = path
        self.problems: list[Problem] = []

    def blame(self, key: str, message: str, hint: str = "", *, code: str) -> None:
        self.problems.append(Problem(message, _position(self.path, key), f"「{key}」", hint, code=code))

    def office(self, root: Path, section: dict[str, Any]) -> OfficeSettings:
        for key in section:
            if key not in _KEYS:
                near = nearest(key, _KEYS)
                hint = f"「{near}」ではありませんか" if near else f"書ける項目は {'・'.join(_KEYS)} です"
                self.blame(key, "この項目はありません", hint, code="register.unknown-setting")
        symbols = {k: self.text(k, v) for k, v in self.table(section, "文書記号").items()}
        return OfficeSettings(
            root=root,
            ledger=self.text("台帳", section.get("台帳", "register.db")),
            issued=root / self.text("発行文書", section.get("発行文書", "issued")),
            key=root / self.text("鍵", section.get("鍵", "register.key")),
            symbols=symbols,
            budgets=self.budgets(self.table(section, "予算")),
            starts=self.starts(self.table(section, "次の番号")),
            parameters=self.values(self.table(section, "定め")),
        )

    def values(self, section: dict[str, Any]) -> OfficeValues:
        schemes = {scheme: self.parameters(scheme, table) for scheme, table in section.items()}
        named = [(scheme, name) for scheme, values in schemes.items() for name in ("", *values)]
        return OfficeValues(schemes, {(s, name): _position(self.path, name or s) for s, name in named})

    def parameters(self, scheme: str, value: Any) -> Values:
        if not isinstance(value, dict):
            hint = f'["定め"."制度の名前"] の下に「"{scheme}" = [...]」の形で並べてください'
            self.blame(scheme, "定めは制度ごとに書いてください", hint, code="register.setting-kind")
            return {}
        return {name: self.rows(name, rows) for name, rows in value.items()}

    def rows(self, name: str, value: Any) -> tuple[Dated, ...]:
        """The values of a parameter, the oldest first; () where one cannot be read."""
        rows: dict[datetime.date, Dated] = {}
        for row in value if isinstance(value, list) and value else [None]:
            told = {k: str(v).strip() for k, v in row.items()} if isinstance(row, dict) else {}
            if set(told) != set(_ROW) or not all(told.values()):
                hint = (
                    f'「"{name}" = [{{"から" = "令和5年4月1日", "値" = "値", "根拠" = "根拠"}}]」のように書いてください'
                )
                self.blame(name, "から・値・根拠 を一組ずつ書いてください", hint, code="register.setting-parameter")
                return ()
            try:
                begins = wareki.parse_date(told["から"])
            except ValueError as error:
                self.blame(name, f"「から」が日付として読めません（{error}）", code="register.setting-parameter")
                return ()
            if begins in rows:
                message = f"{wareki.format_date(begins)}からの値が二つあります"
                self.blame(name, message, "どちらかを消してください", code="register.setting-parameter")
            rows[begins] = Dated(begins, value_of(told["値"]), told["根拠"], "")
        return tuple(rows[day] for day in sorted(rows))

    def table(self, section: dict[str, Any], key: str) -> dict[str, Any]:
        value = section.get(key, {})
        if key == "文書記号" and isinstance(value, str):
            return {_DEFAULT: value}
        if not isinstance(value, dict):
            hint = f'["{key}"] の下に「"名前" = 値」を並べてください'
            self.blame(key, "ここには表を書いてください", hint, code="register.setting-kind")
            return {}
        return value

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            self.blame(key, "ここには文字を書いてください", '値を "" で囲んでください', code="register.setting-kind")
            return ""
        return value

    def budgets(self, section: dict[str, Any]) -> dict[tuple[str, str], int]:
        budgets: dict[tuple[str, str], int] = {}
        for key, value in section.items():
            for year, amount in value.items() if isinstance(value, dict) else [(key, value)]:
                self.year(year, fiscal=True)
                try:
                    budgets[key if isinstance(value, dict) else "", year] = yen.parse_yen(str(amount))
                except ValueError as error:
                    hint = "円単位の整数で書いてください（例 5000000）"
                    self.blame(year, f"金額として読めません（{error}）", hint, code="register.setting-amount")
        return budgets

    def starts(self, section: dict[str, Any]) -> dict[tuple[str, str], int]:
        starts: dict[tuple[str, str], int] = {}
        for series, years in section.items():
            if not isinstance(years, dict):
                hint = f'["次の番号"."{series}"] の下に "令和5年度" = 41'
                self.blame(series, "次の番号は年ごとに書いてください", hint, code="register.setting-kind")
                continue
            for year, number in years.items():
                self.year(year)
                if not isinstance(number, int) or isinstance(number, bool) or number < 1:
                    self.blame(year, "次の番号は1以上の整数で書いてください", code="register.setting-number")
                    continue
                starts[series, year] = number
        return starts

    def year(self, name: str, fiscal: bool = False) -> None:
        if name.endswith(("年度",) if fiscal else ("年度", "年")):
            with suppress(ValueError):
                wareki.parse_date(f"{name.removesuffix('度')}12月31日")
                return
        self.blame(name, "年として読めません", "令和5年度 のように書いてください", code="register.setting-year")
