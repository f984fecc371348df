"""Several clinics that have joined one network, each with a store of its own."""

from __future__ import annotations

from pathlib import Path

from medilink.acts.joining import admit, ask_to_join, check_request, join, read_invitation
from medilink.acts.news import make_news, open_news, take_news
from tests.clinics import HandClock, TestClinic, new_clinic


def joined(founder: TestClinic, *others: TestClinic) -> None:
    """The others join the founder's network, and everyone knows everyone."""
    for other in others:
        asked = open_news(founder.admin, ask_to_join(other.admin))
        check_request(founder.admin, asked)
        said = open_news(other.admin, admit(founder.admin, asked))
        invitation = read_invitation(other.admin, said)
        assert invitation is not None
        join(other.admin, invitation)
    news = make_news(founder.admin)
    for other in others:
        take_news(other.admin, news)


def three_clinics(folder: Path, clock: HandClock | None = None) -> tuple[TestClinic, ...]:
    """Kisumu, which founded the network, Siaya and Busia. One clock for all."""
    clock = clock or HandClock()
    kisumu = new_clinic(folder / "kisumu", clock=clock)
    siaya = new_clinic(folder / "siaya", "Siaya Clinic", "5HT", clock)
    busia = new_clinic(folder / "busia", "Busia Clinic", "9AB", clock)
    joined(kisumu, siaya, busia)
    return kisumu, siaya, busia
