"""How a file is refused as a whole: one Problem without a line or cell, and what senders are asked to do most."""

from __future__ import annotations

from dataclasses import replace

from generator.problem import Position, Problem, UnreadableError

SAVE_AS_XLSX = "Excelで開き、「名前を付けて保存」で「Excelブック（.xlsx）」を選んで保存し直してください"
RETURN_OUR_FORM = "こちらが渡した Excel の用紙（.xlsx）か、入力できる PDF に書いて返してもらってください"
SEND_AGAIN = "もう一度送ってもらってください（途中で切れたか、壊れています）"
BREAK_LINK = "リンクを解除してから保存してください"


def unreadable(file: str, message: str, hint: str, code: str) -> UnreadableError:
    """The error to raise for a file that is not read, called ``file`` in the message."""
    return unreadable_for(Problem(message, hint=hint, code=code), file)


def unreadable_for(problem: Problem, file: str) -> UnreadableError:
    """The error to raise for a file that is not read for a problem that does not name it yet."""
    return UnreadableError([replace(problem, position=Position(file, 0, 0))])
