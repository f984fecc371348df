"""What every part of a record on paper is drawn with: the document, its words, and the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from exports.document import ClinicalDocument
from exports.pdf_flow import Flow
from exports.record_look import Look
from exports.record_words import SECTION_WORDS, Said, beside
from exports.wording import Wording
from medilink.records import Entry, Record, Section


@dataclass(slots=True)
class Sheet:
    """A document in the course of being drawn."""

    document: ClinicalDocument
    words: Wording
    look: Look
    flow: Flow
    progress: Callable[[int, int], None]
    said: Said = field(init=False)
    made_line: str = field(init=False)
    _done: int = 0
    _of: int = field(init=False)

    def __post_init__(self) -> None:
        self.said = Said(self.words)
        self._of = len(self.record.entries()) + len(self.record.versions)
        made = self.words.say("made {when}", when=self.said.moment(self.document.handed.made_at))
        called = self.words.say("Document {number}", number=self.document.called)
        self.made_line = beside((called, made, self.look.clinic))

    @property
    def record(self) -> Record:
        """What is drawn."""
        return self.document.record

    def drawn(self, entries: int = 1) -> None:
        """So many further entries are on paper."""
        self._done += entries
        self.progress(min(self._done, self._of), self._of)

    def begin(self, section: Section, *, anything: bool, keep: float = 60.0) -> bool:
        """The heading of a section that may be seen; whether there is anything to draw in it. That
        nothing was written is said: it is not the same as not having asked."""
        if section not in self.record.sections:
            return False
        title = self.words.say(SECTION_WORDS[section])
        if anything:
            self.flow.section(title, keep=keep)
        else:
            self.flow.empty_section(title, self._nothing())
        return anything

    def _nothing(self) -> str:
        """Of a record in part nobody can tell from this paper what else was written."""
        if self.document.handed.whole:
            return self.words.say("Nothing written down.")
        return self.words.say("Nothing that is part of this document.")

    def by(self, entry: Entry) -> str:
        """Who wrote an entry, and whether the clock was in doubt."""
        return beside((self.said.by(entry, self.document.handed.clinic), self.said.doubt(entry)))
