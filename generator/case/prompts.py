"""How a value of each kind is to be written: in a message, beside an input, and when a spreadsheet refuses another."""

from __future__ import annotations

from typing import NamedTuple

LIST = "一覧から選んでください"
_EXAMPLE = "{例}"
# Kinds whose prompts show the example of the item's description; these, where it has none.
_NEUTRAL = {"電話番号": "03-0000-0000", "郵便番号": "100-0000"}


class _Words(NamedTuple):
    prompt: str
    refusal: str = ""


_WORDS = {
    "円": _Words("円単位の整数で書いてください（例 1230）", "0以上の整数（円）を書いてください（例 500000）"),
    "数量": _Words(
        "0以上の数を、小数は三桁までで書いてください（例 0.5）", "0以上の数を、小数は3桁までで書いてください（例 0.5）"
    ),
    "日付": _Words(
        "和暦か西暦で書いてください（例 令和5年9月20日、R5.9.20、2023-09-20）",
        "日付を書いてください（例 令和5年6月20日、R5.6.20、2023/6/20）",
    ),
    "整数": _Words("整数で書いてください（例 3）", "整数を書いてください（例 3）"),
    "真偽": _Words("「はい」か「いいえ」を書いてください"),
    "元号": _Words("元号を選んでください（T 大正、S 昭和、H 平成、R 令和）"),
    "年": _Words("和暦の年を数字で書いてください（元年は 1）", "和暦の年を1以上の数字で書いてください（元年は 1）"),
    "月": _Words("月を1から12までの数字で書いてください", "月を1から12までの数字で書いてください"),
    "日": _Words("日を1から31までの数字で書いてください", "日を1から31までの数字で書いてください"),
    "電話番号": _Words(
        f"市外局番から書いてください（例 {_EXAMPLE}）", f"電話番号を市外局番から書いてください（例 {_EXAMPLE}）"
    ),
    "郵便番号": _Words(f"例 {_EXAMPLE}", f"郵便番号を7桁で書いてください（例 {_EXAMPLE}）"),
    "Eメール": _Words("例 tanto@example.jp", "Eメールアドレスを書いてください（例 tanto@example.jp）"),
    "カタカナ": _Words("全角カタカナで書いてください", "全角カタカナで書いてください"),
    "文章": _Words("Alt＋Enter で改行できます"),
}


def prompt(kind: str, example: str = "") -> str:
    """How to write a value of this kind: of an item, of a part of a date, or a script; '' where all may be written.

    ``example``: the one that the schema gives for the item, '' for none.
    """
    return _told(kind, _WORDS[kind].prompt, example) if kind in _WORDS else ""


def refusal(kind: str, example: str = "") -> str:
    """What a spreadsheet says of a value that is none of this kind; '' where it refuses none."""
    return _told(kind, _WORDS[kind].refusal, example) if kind in _WORDS else ""


def _told(kind: str, words: str, example: str) -> str:
    return words.replace(_EXAMPLE, example or _NEUTRAL.get(kind, ""))
