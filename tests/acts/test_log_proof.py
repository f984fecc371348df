"""The log proves itself: to a patient with a receipt, to an inspector with one file, for years."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from base64 import b64decode
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from database.engine import open_raw
from database.store import open_store
from exports.fhir import LOG_HEAD, write_bundle
from medilink.acts.hand_out import hand_out_record
from medilink.acts.log_export import export_log, prove_receipts
from medilink.acts.log_proof import (
    CheckedReceipt,
    check_receipt,
    give_receipt,
    own_signing_keys,
    verify_log,
)
from medilink.acts.log_upkeep import archive_old_entries, erase_details
from medilink.acts.look_back import read_log, who_looked_at_my_record
from medilink.acts.news import make_news, take_news
from medilink.acts.read_record import open_record
from medilink.acts.register import record_patient_is_here
from medilink.acts.sign_in import log_sign_out
from medilink.audit import Act
from medilink.desk import Desk
from medilink.errors import (
    AboutYourself,
    ClockTooUncertain,
    LogReceiptElsewhere,
    LogReceiptForged,
    LogReceiptUnknown,
    LogReceiptUnreadable,
    Missing,
    NoRight,
    NothingToErase,
    Refused,
)
from medilink.log_check import PART_DAMAGED, TREE_CHANGED
from medilink.log_tree import BLOCK
from medilink.notices import acts_told_to
from medilink.people import PatientId, Role
from medilink.store import LogFilter
from security import check_log
from tests.clinics import DATA_KEY, TestClinic, new_clinic
from tests.networks import three_clinics

CHECKER = Path(check_log.__file__)


def a_visit(clinic: TestClinic) -> tuple[Desk, Desk, PatientId]:
    """A doctor, a patient at a desk of their own, and the record the doctor has opened."""
    doctor, slip = clinic.provider(), clinic.register()
    patient = slip.patient.id
    record_patient_is_here(doctor, patient, "visit")
    open_record(doctor, patient)
    return doctor, clinic.patient(slip), patient


def write_entries(desk: Desk, count: int) -> None:
    for _ in range(count):
        log_sign_out(desk)


def checks(file: Path, *receipts: str) -> subprocess.CompletedProcess[str]:
    """The checker as somebody without MediLink runs it: nothing of ours within reach."""
    given = [part for text in receipts for part in ("--receipt", text)]
    command = [sys.executable, "-I", str(file.parent / "check_log.py"), str(file), *given]
    (file.parent / "check_log.py").write_bytes(CHECKER.read_bytes())
    return subprocess.run(command, capture_output=True, text=True, cwd=file.parent, check=False)


# ---- receipts


def test_a_receipt_stays_true_while_the_log_grows(clinic: TestClinic) -> None:
    doctor, me, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient)
    write_entries(clinic.admin, 2 * BLOCK)
    for said in (receipt.text, receipt.line, f"  {receipt.line.upper()} "):
        found = check_receipt(me, said)
        assert found.verdict.sound
        assert found.size == receipt.says.size
    opened = [entry for entry in who_looked_at_my_record(me) if entry.seq == receipt.says.seq]
    assert [entry.act for entry in opened] == [Act.OPEN_RECORD]


def test_patients_take_their_own_receipt_and_nobody_takes_anothers(clinic: TestClinic) -> None:
    doctor, me, patient = a_visit(clinic)
    assert give_receipt(me).says.seq > 0
    stranger = clinic.patient(clinic.register())
    with pytest.raises(Refused):
        give_receipt(stranger, patient)
    with pytest.raises(NoRight):
        give_receipt(clinic.provider(), patient)
    given = read_log(clinic.admin, LogFilter(acts=frozenset({Act.GIVE_LOG_RECEIPT})))
    assert [entry.outcome for entry in given] == ["refused", "refused", "done"]


def test_a_receipt_fits_one_small_code_and_one_line(clinic: TestClinic) -> None:
    doctor, _, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient)
    assert len(receipt.text) <= 311, "alphanumeric characters of version 10, level M"
    assert len(receipt.line.split()) == 7


def test_every_changed_character_of_a_receipt_is_refused(clinic: TestClinic) -> None:
    doctor, me, patient = a_visit(clinic)
    text = give_receipt(doctor, patient).text
    for place in range(len(text)):
        letter = "A" if text[place] != "A" else "B"
        with pytest.raises((LogReceiptUnreadable, LogReceiptUnknown, LogReceiptForged)):
            check_receipt(me, text[:place] + letter + text[place + 1 :])


@pytest.mark.parametrize(
    "typed",
    ["", "hello", "12", "0 acid bubble cargo drift eagle fabric", "MLT:", "MLC:ABC", "MLT:€"],
)
def test_what_is_no_receipt_is_told_so(clinic: TestClinic, typed: str) -> None:
    with pytest.raises(LogReceiptUnreadable):
        check_receipt(clinic.patient(clinic.register()), typed)


def test_words_that_were_never_given_are_found_out(clinic: TestClinic) -> None:
    doctor, me, patient = a_visit(clinic)
    number, *words = give_receipt(doctor, patient).line.split()
    swapped = " ".join([number, words[1], words[0], *words[2:]])
    assert not check_receipt(me, swapped).verdict.sound
    longer = check_receipt(me, " ".join(["999999", *words])).verdict
    assert (longer.sound, longer.why) == (False, "entries are missing at the end")


def test_a_receipt_of_another_clinic_is_named_so(tmp_path: Path, clinic: TestClinic) -> None:
    other = new_clinic(tmp_path / "other")
    doctor, _, patient = a_visit(other)
    receipt = give_receipt(doctor, patient)
    with pytest.raises((LogReceiptElsewhere, LogReceiptUnknown)):
        check_receipt(clinic.admin, receipt.text)
    assert not check_receipt(clinic.admin, receipt.line).verdict.sound
    other.store.close()


# ---- for others to check


def test_the_checker_alone_proves_a_receipt(tmp_path: Path, clinic: TestClinic) -> None:
    doctor, me, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient).text
    write_entries(clinic.admin, 3 * BLOCK + 7)
    file = tmp_path / "proof.json"
    file.write_text(prove_receipts(me, [receipt]), "utf-8")
    found = checks(file, receipt)
    assert (found.returncode, found.stderr) == (0, "")
    assert "the log still begins with" in found.stdout
    assert "open record, done" in found.stdout
    proof = json.loads(file.read_text("utf-8"))["proofs"][0]
    for path in (proof["inclusion"], proof["consistency"]):
        assert sum(len(step) // 2 for step in path) <= 1024


def test_a_proof_tells_nobody_else_what_the_entry_says(clinic: TestClinic) -> None:
    doctor, _, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient).text
    stranger = clinic.patient(clinic.register())
    for desk in (stranger, clinic.admin):
        proof = json.loads(prove_receipts(desk, [receipt]))["proofs"][0]
        assert "entry" not in proof


def test_the_checker_alone_checks_the_whole_log(tmp_path: Path, clinic: TestClinic) -> None:
    doctor, _, patient = a_visit(clinic)
    receipts = [give_receipt(doctor, patient).text]
    write_entries(clinic.admin, BLOCK)
    receipts.append(give_receipt(doctor, patient).text)
    file = tmp_path / "log.jsonl"
    file.write_text("".join(export_log(clinic.admin)), "utf-8")
    found = checks(file, *receipts)
    assert (found.returncode, found.stderr) == (0, "")
    assert "none changed or missing" in found.stdout
    assert "Amina" not in file.read_text("utf-8"), "without details nobody is named"


@pytest.mark.parametrize("harm", ["changed", "removed", "swapped", "cut", "another head", "detail"])
def test_the_checker_finds_what_was_done_to_an_exported_log(
    tmp_path: Path, clinic: TestClinic, harm: str
) -> None:
    doctor, _, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient).text
    lines = list(export_log(clinic.admin, details=True))
    if harm == "changed":
        lines[5] = lines[5].replace('"done"', '"refused"')
    elif harm == "removed":
        del lines[5]
    elif harm == "swapped":
        lines[5], lines[6] = lines[6], lines[5]
    elif harm == "cut":
        lines = lines[:-1]
    elif harm == "detail":
        lines[5] = lines[5].replace('\\"name\\"', '\\"mane\\"')
    else:
        head = json.loads(lines[0])
        head["head"] = head["head"][:-2] + ("00" if head["head"][-2:] != "00" else "01")
        lines[0] = json.dumps(head) + "\n"
    file = tmp_path / "log.jsonl"
    file.write_text("".join(lines), "utf-8")
    found = checks(file, receipt)
    assert found.returncode == 1
    assert found.stderr.startswith("NOT PROVEN.")
    assert "Traceback" not in found.stderr


def test_a_damaged_proof_says_nothing_that_is_not_true(clinic: TestClinic) -> None:
    doctor, me, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient).text
    good = prove_receipts(me, [receipt])
    sentences = check_log.check_file(iter([good]), [receipt])
    some = random.Random(5)
    for _ in range(3_000):
        place = some.randrange(len(good) - 1)
        harmed = good[:place] + chr(some.randrange(32, 127)) + good[place + 1 :]
        with suppress(check_log.Doubtful):
            assert set(check_log.check_file(iter([harmed]), [receipt])) <= set(sentences)


# ---- years later


def four_years_of(clinic: TestClinic) -> tuple[Desk, PatientId, str]:
    """A log whose first blocks are old, with a receipt from that time."""
    doctor, me, patient = a_visit(clinic)
    receipt = give_receipt(doctor, patient).text
    write_entries(doctor, 2 * BLOCK)
    clinic.years_pass()
    return me, patient, receipt


def test_old_entries_are_archived_and_nothing_else_changes(clinic: TestClinic) -> None:
    me, patient, receipt = four_years_of(clinic)
    before = [row.hash for row in clinic.store.log.rows()]
    root = clinic.store.log.of_tree().root(len(before))
    assert archive_old_entries(clinic.admin, part_of=BLOCK) == 2 * BLOCK
    after = [row.hash for row in clinic.store.log.rows()]
    assert after[: len(before)] == before
    assert clinic.store.log.of_tree().root(len(before)) == root
    assert check_receipt(me, receipt).verdict.sound
    assert verify_log(clinic.admin, None).sound
    proof = prove_receipts(me, [receipt])
    assert check_log.check_file(iter([proof]), [receipt])


def test_archived_entries_are_found_when_they_are_asked_for(clinic: TestClinic) -> None:
    me, patient, _ = four_years_of(clinic)
    archive_old_entries(clinic.admin, part_of=BLOCK)
    assert Act.OPEN_RECORD not in {entry.act for entry in who_looked_at_my_record(me)}
    wanted = LogFilter(patient=patient, acts=frozenset({Act.OPEN_RECORD}), archive=True)
    found = read_log(clinic.admin, wanted)
    assert [entry.actor_name for entry in found] == ["Amina Otieno (doctor)"]
    everything = read_log(clinic.admin, LogFilter(archive=True), limit=10_000)
    seqs = [entry.seq for entry in everything]
    assert seqs == list(range(seqs[0], 0, -1)), "archived and live, each once, newest first"


def test_a_clock_set_ahead_makes_nothing_old(clinic: TestClinic) -> None:
    """Not at once, and not in steps that each look like a long holiday."""
    write_entries(clinic.admin, 2 * BLOCK)
    for _ in range(6):
        clinic.clock.forward(days=390)
        write_entries(clinic.admin, 1)
        assert archive_old_entries(clinic.admin, part_of=BLOCK) == 0
    with pytest.raises(NothingToErase):
        erase_details(clinic.admin, account=clinic.provider().who.id, why="tracks")


def test_the_newest_block_always_stays(clinic: TestClinic) -> None:
    write_entries(clinic.admin, 2 * BLOCK - clinic.store.log.head().seq - 1)
    clinic.years_pass()
    clinic.years_pass()
    archive_old_entries(clinic.admin, part_of=BLOCK)
    assert len(clinic.store.log_archive.of_live_times()) >= BLOCK
    assert verify_log(clinic.admin, None).sound


def test_nobody_erases_what_they_did_themselves_and_the_others_are_told(
    clinic: TestClinic,
) -> None:
    _, patient, _ = four_years_of(clinic)
    with pytest.raises(AboutYourself):
        erase_details(clinic.admin, account=clinic.admin.who.id, why="asked for by letter")
    doubting = replace(clinic.admin, doubted=True)
    with pytest.raises(ClockTooUncertain):
        erase_details(doubting, patient=patient, why="asked for by letter")
    done = read_log(clinic.admin, LogFilter(acts=frozenset({Act.ERASE_DETAIL})))
    assert [entry.outcome for entry in done] == ["refused", "refused"]
    assert Act.ERASE_DETAIL in acts_told_to(Role.ADMIN)


def test_nothing_young_and_nothing_under_a_doubted_clock_is_archived(clinic: TestClinic) -> None:
    write_entries(clinic.admin, 2 * BLOCK)
    assert archive_old_entries(clinic.admin, part_of=BLOCK) == 0
    clinic.years_pass()
    doubting = replace(clinic.admin, doubted=True)
    assert archive_old_entries(doubting, part_of=BLOCK) == 0


def test_erasing_personal_details_breaks_no_proof_and_leaves_no_name(clinic: TestClinic) -> None:
    me, patient, receipt = four_years_of(clinic)
    with pytest.raises(Missing):
        erase_details(clinic.admin, patient=patient, why=" ")
    assert erase_details(clinic.admin, patient=patient, why="asked for by letter") > 0
    assert check_receipt(me, receipt).verdict.sound
    wanted = LogFilter(patient=patient, acts=frozenset({Act.OPEN_RECORD}), archive=True)
    assert [entry.actor_name for entry in read_log(clinic.admin, wanted)] == [""]
    with pytest.raises(NothingToErase):
        erase_details(clinic.admin, patient=patient, why="again")


def test_a_typed_reason_is_erased_too_and_leaves_in_no_file_without_details(
    clinic: TestClinic,
) -> None:
    doctor, slip = clinic.provider(), clinic.register()
    record_patient_is_here(doctor, slip.patient.id, "brought by her aunt Achieng")
    assert not any("Achieng" in line for line in export_log(clinic.admin))
    assert any("Achieng" in line for line in export_log(clinic.admin, details=True))
    write_entries(doctor, 2 * BLOCK)
    clinic.years_pass()
    erase_details(clinic.admin, patient=slip.patient.id, why="asked for by letter")
    assert not any("Achieng" in line for line in export_log(clinic.admin, details=True))
    assert verify_log(clinic.admin, None).sound


def test_young_entries_keep_their_details(clinic: TestClinic) -> None:
    doctor, _, patient = a_visit(clinic)
    with pytest.raises(NothingToErase):
        erase_details(clinic.admin, patient=patient, why="asked for by letter")
    with pytest.raises(Refused):
        erase_details(doctor, patient=patient, why="curious")


def test_a_damaged_archived_part_is_named(clinic: TestClinic) -> None:
    four_years_of(clinic)
    archive_old_entries(clinic.admin, part_of=BLOCK)
    outside = clinic.store.log.head()
    part = clinic.store.log_archive.of_segments()[0]
    body = bytearray(clinic.store.log_archive.of_body(part.first))
    body[len(body) // 2] ^= 1
    with clinic.store.file.archiving() as connection:
        connection.exec_driver_sql("UPDATE log_segment SET body = ?", (bytes(body),))
    verdict = verify_log(clinic.admin, outside)
    assert (verdict.broken_at, verdict.why) == (1, "an archived part is damaged")


def test_a_store_from_before_the_tree_gets_its_blocks(clinic: TestClinic) -> None:
    write_entries(clinic.admin, 2 * BLOCK)
    root = clinic.store.log.of_tree().root()
    clinic.store.close()
    raw = open_raw(clinic.store_file, DATA_KEY)
    guard = "log_block_no_delete"
    sql = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (guard,)).fetchone()[0]
    raw.execute(f"DROP TRIGGER {guard}")
    raw.execute("DELETE FROM log_block")
    raw.execute(sql)
    raw.close()
    store = open_store(clinic.store_file, DATA_KEY)
    assert store.log.of_tree().root() == root
    store.close()


def test_a_check_is_on_record_with_what_it_found(clinic: TestClinic) -> None:
    assert verify_log(clinic.admin, None).sound
    newest = read_log(clinic.admin, LogFilter(acts=frozenset({Act.CHECK_LOG})))
    assert (newest[0].outcome, int(newest[0].extra["checked"]) > 0) == ("done", True)
    checked: CheckedReceipt = check_receipt(clinic.admin, "3 " + "able " * 6)
    assert not checked.verdict.sound
    newest = read_log(clinic.admin, LogFilter(acts=frozenset({Act.CHECK_LOG})))
    assert (newest[0].outcome, newest[0].why) == ("refused", "line-not-true")


# ---- what hides inside the store


def change_inside(clinic: TestClinic, sql: str, guard: str) -> None:
    """Somebody with the data key: a trigger goes, something changes, the trigger returns."""
    raw = open_raw(clinic.store_file, DATA_KEY)
    kept = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (guard,)).fetchone()[0]
    raw.execute(f"DROP TRIGGER {guard}")
    raw.execute(sql)
    raw.execute(kept)
    raw.close()


@pytest.mark.parametrize(
    ("sql", "guard", "why"),
    [
        ("UPDATE log_block SET acts = ',x,' WHERE number = 0", "log_block_no_update", TREE_CHANGED),
        ("UPDATE log_block SET hash = x'00' WHERE number = 1", "log_block_no_update", TREE_CHANGED),
        (
            "UPDATE audit_log SET salt = NULL, detail = NULL WHERE seq = 300",
            "audit_log_no_update",
            "its personal detail is gone",
        ),
    ],
)
def test_what_entries_are_found_and_told_by_is_checked_too(
    clinic: TestClinic, sql: str, guard: str, why: str
) -> None:
    write_entries(clinic.admin, 3 * BLOCK)
    assert verify_log(clinic.admin, None).sound
    change_inside(clinic, sql, guard)
    verdict = verify_log(clinic.admin, None)
    assert (verdict.sound, verdict.why) == (False, why)


@pytest.mark.parametrize("signed", ["x'00'", "zeroblob(90)"])
def test_a_part_whose_signature_is_damaged_is_named_and_stops_nothing_else(
    clinic: TestClinic, signed: str
) -> None:
    me, _, receipt = four_years_of(clinic)
    archive_old_entries(clinic.admin, part_of=BLOCK)
    with clinic.store.file.archiving() as connection:
        connection.exec_driver_sql(f"UPDATE log_segment SET signed = {signed} WHERE first = 1")
    assert verify_log(clinic.admin, None).why == PART_DAMAGED
    assert give_receipt(me).says.log


def test_entries_added_to_an_exported_log_are_not_believed(clinic: TestClinic) -> None:
    a_visit(clinic)
    lines = list(export_log(clinic.admin))
    last = json.loads(lines[-1])
    forged = {**last, "seq": last["seq"] + 1, "act": "open record"}
    forged["hash"] = check_log.entry_hash(bytes.fromhex(last["hash"]), forged).hex()
    with pytest.raises(check_log.Doubtful, match="signed for"):
        check_log.check_file(iter([*lines, json.dumps(forged)]), [])


# ---- heads leave the building


def test_a_log_put_back_is_found_by_what_other_clinics_were_told(tmp_path: Path) -> None:
    """News carries the head of the log to the others; theirs brings it back to the older store."""
    clinics = three_clinics(tmp_path)
    home, other = clinics[0], clinics[1]
    home.store.close()
    old = (home.folder / "records.db").read_bytes()
    home.store = open_store(home.store_file, DATA_KEY)
    desk = replace(home.admin, store=home.store)
    home.clock.forward(hours=1)
    write_entries(desk, 5)
    take_news(other.admin, make_news(desk))
    assert verify_log(desk, None).sound
    home.store.close()
    home.store_file.write_bytes(old)
    home.store = open_store(home.store_file, DATA_KEY)
    desk = replace(home.admin, store=home.store)
    assert verify_log(desk, None).sound, "an old copy fits in itself"
    home.clock.forward(hours=1)
    take_news(other.admin, make_news(desk))  # a shorter log does not talk the longer one away
    take_news(desk, make_news(other.admin))
    write_entries(desk, 40)
    verdict = verify_log(desk, None)
    assert (verdict.sound, verdict.why) == (
        False,
        "the log was rewritten after a receipt was given",
    )
    for clinic in clinics:
        clinic.store.close()


def test_a_record_that_leaves_carries_the_head_of_the_log(clinic: TestClinic) -> None:
    doctor, _, patient = a_visit(clinic)
    bundle = json.loads(write_bundle(hand_out_record(doctor, patient)))
    kept = next(one for one in bundle["meta"]["extension"] if one["url"] == LOG_HEAD)
    head = check_log.read_signed(b64decode(kept["valueBase64Binary"]))
    check_log.check_signer(head, own_signing_keys(clinic.admin).values())
    assert clinic.store.log.of_tree().root(head.size) == head.root
