"""Text that a terminal may be shown: nothing in it moves the cursor or hides a word."""

import unicodedata


def visible(text: str) -> str:
    """A text on one line, with line ends, controls and marks that cannot be seen written out."""
    if text.isprintable():
        return text
    return "".join(char if _is_shown(char) else escaped(char) for char in text)


def escaped(char: str) -> str:
    """A character written out, as Python would write it."""
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"  # noqa: PLR2004


def _is_shown(char: str) -> bool:
    # Other blanks than the space are not "printable" to Python, but do no harm.
    return char.isprintable() or unicodedata.category(char) == "Zs"
