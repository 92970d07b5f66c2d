"""Text as XML holds it, as ``xml.sax.saxutils`` writes it.

That module loads the standard library's whole HTTP client with TLS, in every worker process.
"""

from __future__ import annotations

_CONTROLS = (("\n", "&#10;"), ("\r", "&#13;"), ("\t", "&#9;"))  # a reader would make spaces of them


def escape(text: str) -> str:
    """The text as it stands between tags."""
    return text.replace("&", "&amp;").replace(">", "&gt;").replace("<", "&lt;")


def quoteattr(text: str) -> str:
    """The text as the value of an attribute, with the quotes around it."""
    text = escape(text)
    for character, entity in _CONTROLS:
        text = text.replace(character, entity)
    if '"' not in text:
        return f'"{text}"'
    return f"'{text}'" if "'" not in text else '"' + text.replace('"', "&quot;") + '"'
