"""Text that people typed, shown as text."""

from __future__ import annotations

_MARKUP = frozenset(r"\`*_{}[]()#+-.!|<>~:$&")


def plain(text: str) -> str:
    """Markdown that shows exactly `text`: no markup, no icons, no formulas."""
    for link in ("://", "www.", "@"):  # a word joiner: nothing becomes a link by itself
        text = text.replace(link, f"{link[0]}\u2060{link[1:]}" if link[1:] else f"{link}\u2060")
    text = " ".join(text.splitlines())
    return "".join(f"\\{c}" if c in _MARKUP or c == "=" else c for c in text)
