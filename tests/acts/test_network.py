"""Clinics join a network without any connection; they believe what the right key has signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from medilink.acts.joining import (
    admit,
    ask_to_join,
    check_request,
    join,
    read_invitation,
    same_letters,
)
from medilink.acts.leaving import remove_clinic
from medilink.acts.network import network_here, own_id, ring_of
from medilink.acts.network_keys import (
    change_network_key,
    change_own_keys,
    renew_after_restore,
    waiting_request,
)
from medilink.acts.news import make_news, open_news, take_news
from medilink.audit import Act
from medilink.bundles import Tag, bundle_text, from_text, read_bundle
from medilink.errors import (
    ForAnotherNetwork,
    LastMember,
    NetworkTrouble,
    NotForUs,
    NotTheRoot,
    Refused,
    RequestTooOld,
)
from medilink.network import check_said
from medilink.statements import Removed, Signed, as_payload, read_statement
from medilink.store import LogFilter
from security.key_ring import Use, new_keypair
from security.node_keys import fingerprint_words, key_id
from tests.clinics import TestClinic, new_clinic
from tests.networks import joined, three_clinics


@pytest.fixture
def kisumu(tmp_path: Path) -> TestClinic:
    return new_clinic(tmp_path / "a")


@pytest.fixture
def siaya(tmp_path: Path, kisumu: TestClinic) -> TestClinic:
    return new_clinic(tmp_path / "b", "Siaya Clinic", "5HT", kisumu.clock)


def acts_of(clinic: TestClinic) -> list[tuple[str, str]]:
    wanted = LogFilter()
    event = clinic.admin.event(Act.READ_LOG)
    entries, _ = clinic.store.log.list_entries(wanted, limit=500, audit=event)
    return [(entry.act, entry.why) for entry in entries]


def test_a_lone_clinic_is_a_network_of_one(kisumu: TestClinic) -> None:
    network = network_here(kisumu.admin)
    assert network.name == "Network of Kisumu Clinic"
    assert [one.says.name for one in network.present(kisumu.admin.now)] == ["Kisumu Clinic"]
    epoch = network.epoch_at(kisumu.admin.now)
    assert epoch is not None
    assert ring_of(kisumu.admin).public(Use.EPOCH) == epoch.public


def test_two_clinics_join_by_what_they_show_each_other(
    kisumu: TestClinic, siaya: TestClinic
) -> None:
    request = ask_to_join(siaya.admin)
    asked = open_news(kisumu.admin, request)
    said = check_request(kisumu.admin, asked)
    assert said.name == "Siaya Clinic"
    words = fingerprint_words(ring_of(siaya.admin).public(Use.SIGN))
    assert fingerprint_words(said.signing) == words
    invitation = read_invitation(siaya.admin, open_news(siaya.admin, admit(kisumu.admin, asked)))
    assert invitation is not None
    assert invitation.network.name == "Network of Kisumu Clinic"
    join(siaya.admin, invitation)
    for clinic in (kisumu, siaya):
        network = network_here(clinic.admin)
        names = [one.says.name for one in network.present(clinic.admin.now)]
        assert names == ["Kisumu Clinic", "Siaya Clinic"]
    ours, theirs = (network_here(clinic.admin).epochs[-1] for clinic in (kisumu, siaya))
    assert ours == theirs
    assert ring_of(siaya.admin).public(Use.EPOCH) == ours.public
    assert ("admit a clinic", "") in acts_of(kisumu)
    assert ("join a network", "") in acts_of(siaya)


def test_only_an_administrator_of_the_founder_admits(kisumu: TestClinic, siaya: TestClinic) -> None:
    asked = read_bundle_of(ask_to_join(siaya.admin))
    with pytest.raises(Refused):
        admit(kisumu.provider(), asked)
    joined(kisumu, siaya)
    third = new_clinic(siaya.folder / "c", "Busia Clinic", "9AB", kisumu.clock)
    asked = read_bundle_of(ask_to_join(third.admin))
    with pytest.raises(NotTheRoot):
        admit(siaya.admin, asked)
    assert ("admit a clinic", "not-the-root") in acts_of(siaya)


def read_bundle_of(text: str) -> list[Signed]:
    return read_bundle(from_text(Tag.SAID, text))


def test_a_request_in_anothers_name_or_too_old_is_refused(
    kisumu: TestClinic, siaya: TestClinic
) -> None:
    [honest] = read_bundle_of(ask_to_join(siaya.admin))
    forged = ring_of(kisumu.admin).sign(as_payload(honest.says))
    with pytest.raises(NetworkTrouble):
        check_request(kisumu.admin, [read_statement(forged)])
    kisumu.clock.forward(days=31)
    with pytest.raises(RequestTooOld):
        check_request(kisumu.admin, [honest])


def test_an_answer_for_somebody_else_makes_nobody_a_member(
    kisumu: TestClinic, siaya: TestClinic
) -> None:
    asked = read_bundle_of(ask_to_join(siaya.admin))
    answer = admit(kisumu.admin, asked)
    stranger = new_clinic(siaya.folder / "c", "Busia Clinic", "9AB", kisumu.clock)
    assert read_invitation(stranger.admin, open_news(stranger.admin, answer)) is None


def test_a_certificate_nobody_signed_is_not_believed(kisumu: TestClinic, siaya: TestClinic) -> None:
    asked = read_bundle_of(ask_to_join(siaya.admin))
    answer = open_news(siaya.admin, admit(kisumu.admin, asked))
    for place, one in enumerate(answer):
        changed = bytearray(one.raw)
        changed[-1] ^= 1
        forged = [*answer[:place], read_statement(bytes(changed)), *answer[place + 1 :]]
        with pytest.raises(NetworkTrouble):
            read_invitation(siaya.admin, forged)


def test_clinics_with_the_same_letters_are_noticed(kisumu: TestClinic, tmp_path: Path) -> None:
    same = new_clinic(tmp_path / "c", "Vihiga Clinic", "7KQ", kisumu.clock)
    asked = read_bundle_of(ask_to_join(same.admin))
    found = same_letters(kisumu.admin, check_request(kisumu.admin, asked))
    assert found is not None
    assert found.says.name == "Kisumu Clinic"


def test_news_reaches_a_clinic_through_a_third_one(tmp_path: Path) -> None:
    kisumu, siaya, busia = three_clinics(tmp_path)
    change_network_key(kisumu.admin)
    assert take_news(siaya.admin, make_news(kisumu.admin)).new
    assert take_news(busia.admin, make_news(siaya.admin)).new
    epochs = {network_here(one.admin).epochs[-1].public for one in (kisumu, siaya, busia)}
    assert len(epochs) == 1
    assert ring_of(busia.admin).public(Use.EPOCH) in epochs


def test_news_taken_twice_is_news_once(tmp_path: Path) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    kisumu.clock.forward(hours=1)
    news = make_news(kisumu.admin)
    assert take_news(siaya.admin, news).new
    assert take_news(siaya.admin, news).new == 0


def test_news_is_for_members_only(tmp_path: Path, kisumu: TestClinic) -> None:
    _, siaya, _ = three_clinics(tmp_path)
    with pytest.raises(NotForUs):
        take_news(kisumu.admin, make_news(siaya.admin))
    assert ("take news", "not-for-us") in acts_of(kisumu)


def test_a_removed_clinic_reads_no_news_and_is_believed_no_more(tmp_path: Path) -> None:
    kisumu, siaya, busia = three_clinics(tmp_path)
    before = network_here(kisumu.admin).epochs[-1]
    remove_clinic(kisumu.admin, own_id(siaya.admin))
    after = network_here(kisumu.admin).epochs[-1]
    assert after.number == before.number + 1
    theirs = make_news(siaya.admin)
    news = make_news(kisumu.admin)
    assert take_news(siaya.admin, news).new == 1, "that it was removed, and nothing else"
    take_news(busia.admin, news)
    assert take_news(busia.admin, theirs).refused >= 1
    assert ring_of(busia.admin).public(Use.EPOCH) == after.public
    present = network_here(busia.admin).present(busia.admin.now)
    assert [one.says.name for one in present] == ["Busia Clinic", "Kisumu Clinic"]


def test_the_founder_stays(tmp_path: Path) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    with pytest.raises(LastMember):
        remove_clinic(kisumu.admin, own_id(kisumu.admin))
    with pytest.raises(NotTheRoot):
        remove_clinic(siaya.admin, own_id(kisumu.admin))


def test_a_member_cannot_remove_another_by_its_own_word(tmp_path: Path) -> None:
    kisumu, siaya, busia = three_clinics(tmp_path)
    word = ring_of(siaya.admin).sign(as_payload(Removed(own_id(busia.admin), kisumu.admin.now)))
    taken = take_news(kisumu.admin, bundle_text([word]))
    assert (taken.new, taken.refused) == (0, 1)
    root = new_keypair(Use.ROOT)
    assert root.public != network_here(kisumu.admin).root
    assert len(network_here(kisumu.admin).present(kisumu.admin.now)) == 3


def test_another_networks_statement_is_named_so(tmp_path: Path, kisumu: TestClinic) -> None:
    other, _, _ = three_clinics(tmp_path / "other")
    founded = next(
        one
        for one in map(read_statement, other.store.network.of_statements())
        if one.signer == network_here(other.admin).id
    )
    with pytest.raises(ForAnotherNetwork):
        check_said(founded, network_here(kisumu.admin), kisumu.admin.now)


def test_private_keys_lie_wrapped_in_the_store(kisumu: TestClinic) -> None:
    for held in kisumu.store.network.of_keys():
        private = kisumu.desk.keys.unwrap_private(held.wrapped, held.use.encode())
        assert private not in held.wrapped
        assert len(private) == 32


def test_whoever_hears_from_the_founder_once_a_year_never_falls_out(tmp_path: Path) -> None:
    kisumu, siaya, busia = three_clinics(tmp_path)
    for _ in range(4):
        kisumu.clock.forward(days=364)
        take_news(siaya.admin, make_news(kisumu.admin))
    names = [one.says.name for one in network_here(siaya.admin).present(siaya.admin.now)]
    assert names == ["Busia Clinic", "Kisumu Clinic", "Siaya Clinic"]
    assert not network_here(busia.admin).present(busia.admin.now)


def test_the_founder_changes_its_keys_and_everyone_hears(tmp_path: Path) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    before = own_id(kisumu.admin)
    kisumu.clock.forward(minutes=1)
    assert change_own_keys(kisumu.admin) == ""
    assert own_id(kisumu.admin) != before
    take_news(siaya.admin, make_news(kisumu.admin))
    network = network_here(siaya.admin)
    assert network.founder == own_id(kisumu.admin)
    assert network.members[own_id(kisumu.admin)].says.replaces == before


def test_another_clinic_uses_new_keys_once_they_are_certified(tmp_path: Path) -> None:
    kisumu, siaya, busia = three_clinics(tmp_path)
    before = own_id(siaya.admin)
    kisumu.clock.forward(minutes=1)
    asked = open_news(kisumu.admin, change_own_keys(siaya.admin))
    assert own_id(siaya.admin) == before
    assert same_letters(kisumu.admin, check_request(kisumu.admin, asked)) is None
    take_news(siaya.admin, admit(kisumu.admin, asked))
    after = own_id(siaya.admin)
    assert after != before
    kisumu.clock.forward(minutes=1)
    take_news(busia.admin, make_news(siaya.admin))
    kisumu.clock.forward(minutes=1)
    assert take_news(siaya.admin, make_news(kisumu.admin)).refused == 0


def test_after_a_restore_the_founder_begins_an_epoch_the_lost_laptop_has_no_key_to(
    tmp_path: Path,
) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    before, stolen = own_id(kisumu.admin), ring_of(kisumu.admin)
    kisumu.clock.forward(minutes=1)
    renew_after_restore(kisumu.admin)
    kisumu.clock.forward(minutes=1)
    take_news(siaya.admin, make_news(kisumu.admin))
    network = network_here(siaya.admin)
    epoch = network.epoch_at(siaya.admin.now)
    assert epoch
    assert epoch.number == 2
    assert key_id(epoch.public) not in stolen.ids_of(Use.EPOCH)
    assert key_id(epoch.public) in ring_of(siaya.admin).ids_of(Use.EPOCH)
    assert network.replaced_at(before) is not None


def test_after_a_restore_another_clinics_new_keys_wait_for_the_founder(tmp_path: Path) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    before = own_id(siaya.admin)
    assert waiting_request(siaya.admin) == ""
    kisumu.clock.forward(minutes=1)
    renew_after_restore(siaya.admin)
    assert own_id(siaya.admin) == before, "until the others can know the new ones"
    kisumu.clock.forward(days=40)  # a request of then would be too old by now
    asked = open_news(kisumu.admin, waiting_request(siaya.admin))
    take_news(siaya.admin, admit(kisumu.admin, asked))
    assert own_id(siaya.admin) != before
    assert waiting_request(siaya.admin) == ""
    assert network_here(siaya.admin).known_as(before) == {before, own_id(siaya.admin)}


def test_it_is_known_how_long_a_clinic_has_been_silent(tmp_path: Path) -> None:
    kisumu, siaya, busia = three_clinics(tmp_path)

    def silent(other: TestClinic) -> int:
        return network_here(siaya.admin).days_silent(own_id(other.admin), siaya.admin.now)

    kisumu.clock.forward(days=8)
    assert (silent(kisumu), silent(busia)) == (8, 8)
    take_news(siaya.admin, make_news(kisumu.admin))
    assert (silent(kisumu), silent(busia)) == (0, 8)
