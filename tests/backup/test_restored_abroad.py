"""A restored clinic among others: what was used stays used; what they know of its log fits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from backup.recovery import identity_from
from backup.restoring import rebuild_store
from database.engine import open_raw
from database.store import open_store
from medilink.acts.back_up import came_back
from medilink.acts.log_proof import verify_log
from medilink.acts.news import make_news, take_news
from medilink.acts.offer import make_offer
from medilink.acts.open_offer import open_offer
from medilink.acts.sign_in import log_sign_out
from medilink.desk import Desk
from medilink.errors import (
    OfferBeforeRestore,
)
from medilink.records import ALL_SECTIONS
from medilink.scopes import Scope
from medilink.store_backup import BackupRow
from tests.backup.backed_up import WORDS, backed_up
from tests.clinics import DATA_KEY, TestClinic
from tests.networks import three_clinics
from ui.house import SYSTEM_ACCOUNT

ALL_SHARED = Scope(ALL_SECTIONS)


def put_back(clinic: TestClinic, file: Path) -> Desk:
    """The clinic's store restored from a backup, in the same place; nobody's desk in it."""
    clinic.store.close()
    clinic.store_file.unlink()
    rebuilt = rebuild_store(file, identity_from(WORDS), clinic.store_file, lambda _: DATA_KEY)
    clinic.store = open_store(clinic.store_file, DATA_KEY)
    says = rebuilt.label.says
    whole = BackupRow(
        says.generation, says.at, says.before, file.name, rebuilt.size, rebuilt.digest, says.at
    )
    desk = replace(clinic.desk, store=clinic.store, account=SYSTEM_ACCOUNT)
    came_back(desk, says, whole, rebuilt.entries, "2026-03-02")
    return desk


def test_a_code_of_another_clinic_from_before_the_restore_opens_no_second_time(
    tmp_path: Path,
) -> None:
    kisumu, siaya, _ = three_clinics(tmp_path)
    doctor = siaya.provider("Amina Otieno")
    wanjiku = kisumu.patient()
    siaya_kept = backed_up(siaya)
    kept = siaya_kept.path(siaya_kept.take())
    kisumu.clock.forward(minutes=5)
    made = make_offer(wanjiku, ALL_SHARED)
    open_offer(doctor, made.text, made.code)
    kisumu.clock.forward(minutes=5)

    desk = put_back(siaya, kept)

    again = replace(desk, account=doctor.who)
    with pytest.raises(OfferBeforeRestore):
        open_offer(again, made.text, made.code)
    kisumu.clock.forward(minutes=5)
    later = make_offer(wanjiku, ALL_SHARED)
    assert open_offer(again, later.text, later.code).single_use


def test_a_log_that_others_know_longer_is_whole_once_the_restore_is_in_it(
    tmp_path: Path,
) -> None:
    """Others were told of entries that came after the backup. Without its entry the log would be
    called rewritten, rightly; with it what was given up is known."""
    kisumu, siaya, busia = three_clinics(tmp_path)
    kept = backed_up(siaya)
    file = kept.path(kept.take())
    siaya.register()
    siaya.clock.forward(days=1)
    take_news(busia.admin, make_news(siaya.admin))
    siaya.clock.forward(days=1)

    desk = put_back(siaya, file)

    take_news(replace(desk, account=siaya.admin.who), make_news(busia.admin))
    for _ in range(20):
        log_sign_out(desk)
    admin = replace(desk, account=siaya.admin.who)
    assert verify_log(admin, None).sound
    siaya.store.close()
    raw = open_raw(siaya.store_file, DATA_KEY)
    raw.execute("DELETE FROM restoration")
    raw.close()
    siaya.store = open_store(siaya.store_file, DATA_KEY)
    assert not verify_log(replace(admin, store=siaya.store), None).sound
