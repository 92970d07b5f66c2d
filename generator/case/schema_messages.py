"""What is said of a value that its schema refuses: a sentence and a remedy, without the value where it is personal."""

from __future__ import annotations

from typing import Any

from generator.problem import Wording, nearest
from generator.scheme.schema import Item

NAMES = {"円": "金額", "数量": "数量", "日付": "日付", "整数": "整数", "真偽": "真偽"}


def _choices(item: Item | None) -> str:
    """What may be written: 登録・認証, or 1から17まで."""
    choices = list(dict.fromkeys(str(c) for c in (item.choices if item else ())))
    numbers = [int(c) for c in choices if c.isdecimal()]
    if len(numbers) == len(choices) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{numbers[0]}から{numbers[-1]}までの数"
    return "・".join(choices) + " のどれか"


def refused(name: str, kind: Any, value: Any, item: Item | None) -> Wording:
    """What is said of what the JSON Schema validator calls ``name``, with its details in ``kind``."""
    shown = "この値" if item is None or item.personal or not isinstance(value, str | int) else f"「{str(value)[:30]}」"
    match name:
        case "Enum":
            near = nearest(str(value), [str(c) for c in item.choices]) if item and item.kind != "整数" else ""
            hint = (f"「{near}」ではありませんか。" if near else "") + f"{_choices(item)}を書いてください"
            return Wording(f"{shown}は選べません", hint, code="case.not-a-choice")
        case "Constant":
            return Wording(f"{shown}は書けません", "決まった値を書いてください", code="case.not-the-constant")
        case "MinProperties":
            hint = f"書けるのは {'・'.join(item.properties)} です" if item else ""
            return Wording(f"その中の項目が{kind.limit}つ以上必要です", hint, code="case.too-few")
        case "MinItems":
            hint = "一件ごとに「- 」で始まる行を加えてください"
            return Wording(f"{kind.limit}件以上必要です", hint, code="case.too-few")
        case "MaxItems":
            return Wording(f"{kind.limit}件までです", "余分な行を消してください", code="case.too-many")
        case "MaxLength":
            over = len(str(value)) - kind.limit
            message = f"{kind.limit}字までのところ、{over}字超えています"
            return Wording(message, "短くしてください", code="case.too-long")
        case "MinLength":
            hint = '値を書いてください。書くことがなければ引用符（""）ごと消してください'
            return Wording("空のままでは出せません", hint, code="case.empty")
        case "Minimum" | "ExclusiveMinimum":
            return Wording(f"{shown}は小さすぎます", f"{kind.limit}以上で書いてください", code="case.too-small")
        case "Maximum" | "ExclusiveMaximum":
            return Wording(f"{shown}は大きすぎます", f"{kind.limit}以下で書いてください", code="case.too-large")
        case "UniqueItems":
            return Wording("同じものが二度書かれています", "一つを残して消してください", code="case.twice")
    hint = item.description if item else ""
    return Wording(f"{shown}の書き方が正しくありません", hint, code="case.not-as-asked")
