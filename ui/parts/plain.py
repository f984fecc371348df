"""Text that people typed, shown as text."""

from __future__ import annotations

_MARKUP = frozenset(r"\`*_{}[]()#+-.!|<>~:$&")


def plain(text: str) -> str:
    """Markdown that shows exactly `text`: no markup, no icons, no formulas."""
    return "".join(f"\\{c}" if c in _MARKUP else c for c in text)
