"""Nobody reads or writes around the gate: checked on the shape of the code, so that a new page or
function that tries is noticed the day it is written."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from database.abroad import Abroad
from database.accounts import Accounts
from database.backups import BackupRows
from database.corrections import Corrections
from database.credentials import CredentialRows
from database.duplicates import Duplicates
from database.grants import Grants
from database.log import LogKeeper
from database.log_archive import Archive
from database.log_filters import LogFilters
from database.network import NetworkRows
from database.notices import Notices
from database.patients import Patients
from database.questions import Questions
from database.records import Records
from database.reports import Reports
from database.rights import Rights
from database.settings import Settings
from database.store import SqlStore
from database.unusual import UnusualRows
from database.visiting import VisitingRows
from medilink import store as protocols
from medilink import store_backup as about_backups
from medilink import store_log as about_log
from medilink import store_network as abroad
from medilink import store_people as about_people
from medilink import store_sharing as about_grants
from medilink import store_unusual as about_access
from medilink.acts.bring_own_back import OwnRooms

ROOT = Path(__file__).resolve().parents[2]
FAMILIES = {
    "settings": (protocols.SettingStore, Settings),
    "accounts": (protocols.AccountStore, Accounts),
    "patients": (protocols.PatientStore, Patients),
    "records": (protocols.RecordStore, Records),
    "grants": (about_grants.GrantStore, Grants),
    "corrections": (about_people.CorrectionStore, Corrections),
    "questions": (about_people.QuestionStore, Questions),
    "rights": (about_people.RightStore, Rights),
    "notices": (about_people.NoticeStore, Notices),
    "duplicates": (about_people.DuplicateStore, Duplicates),
    "credentials": (about_people.CredentialStore, CredentialRows),
    "log": (protocols.LogStore, LogKeeper),
    "log_archive": (about_log.ArchiveStore, Archive),
    "log_filters": (about_log.FilterStore, LogFilters),
    "reports": (about_log.ReportStore, Reports),
    "network": (abroad.NetworkStore, NetworkRows),
    "visiting": (abroad.VisitingStore, VisitingRows),
    "abroad": (abroad.AbroadStore, Abroad),
    "unusual": (about_access.UnusualStore, UnusualRows),
    "backups": (about_backups.BackupStore, BackupRows),
}
# What may be asked without an entry: rights, accounts, settings, the log's own shape, and what
# patients are called by number. Nothing about anybody's health.
FREE_OF_EVIDENCE = re.compile(
    r"^(of_|by_|list_staff|list_medilink_ids|at$|head$|newest_time$|latest_time$|highest_time$|rows$)"
)
# Half-typed text of the person who types it; in nobody's record yet.
OUTSIDE_THE_LOG = {"drafts"}


def methods(protocol: type) -> Iterator[tuple[str, inspect.Signature]]:
    for name, found in vars(protocol).items():
        if inspect.isfunction(found) and not name.startswith("_"):
            yield name, inspect.signature(found)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_store_method_that_writes_or_hands_out_takes_its_audit_event(family: str) -> None:
    for name, signature in methods(FAMILIES[family][0]):
        if FREE_OF_EVIDENCE.match(name) or (family, name) == ("log", "write"):
            continue
        audit = signature.parameters.get("audit")
        assert audit is not None, f"{family}.{name} has no audit parameter"
        assert audit.kind is inspect.Parameter.KEYWORD_ONLY
        assert audit.default is inspect.Parameter.empty, f"{family}.{name} makes audit optional"


@pytest.mark.parametrize("family", FAMILIES)
def test_the_store_offers_nothing_beside_its_protocol(family: str) -> None:
    protocol, real = FAMILIES[family]
    internal = {
        "transaction",
        "transaction_naming_patient",
        "reading",
        "set_up",
        "archiving",
        "catch_up",
    }
    offered = {name for name in vars(real) if not name.startswith("_")}
    assert offered - internal == {name for name, _ in methods(protocol)}


def test_every_family_of_the_store_is_looked_at() -> None:
    declared = {
        name for name, found in vars(protocols.Store).items() if isinstance(found, property)
    }
    assert declared == set(FAMILIES) | OUTSIDE_THE_LOG
    assert issubclass(SqlStore, object)


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def attributes_used(path: Path) -> set[str]:
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
    }


def names_imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module}
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


@pytest.mark.parametrize("path", python_files("ui/pages") + python_files("ui/parts"), ids=str)
def test_no_page_touches_the_store(path: Path) -> None:
    assert "store" not in attributes_used(path), "call an act; it asks the gate"
    assert not any(name.startswith("database") for name in names_imported(path))
    assert "medilink.store" not in names_imported(path) or path.stem in {
        "clinic_settings",  # Clinic
    }


# Who may ask the store about a patient's health, and by what the answer is narrowed
# before it leaves the act. A reader that is not here fails; so does one that forgets to narrow.
GATES = {
    "records.read": {"medilink/acts/read_record.py": "sieve.through("},
    "records.received": {
        "medilink/acts/hand_out.py": "originals_within(read, allowed, sieve, wanted)",
        "medilink/acts/bring_back.py": "if right.narrowed or not right.sections >= ALL_SECTIONS:",
    },
    "records.document": {
        "medilink/acts/documents.py": "may_see_document(",
        "medilink/acts/hand_out.py": "for document in record.documents]",
        "medilink/acts/bring_back.py": "if right.narrowed or not right.sections >= ALL_SECTIONS:",
    },
    "records.changes": {"medilink/acts/profile.py": "sieve.lets_text("},
    "corrections.list_of": {"medilink/acts/corrections.py": "sieve.lets_text("},
}
READERS = sorted({gate for gates in GATES.values() for gate in gates})
HANDS_OUT = re.compile(r"LoggedRead")


def test_every_way_to_read_about_somebodys_health_is_known() -> None:
    offered = {
        f"{family}.{name}"
        for family in ("records", "corrections")
        for name, signature in methods(FAMILIES[family][0])
        if HANDS_OUT.search(str(signature.return_annotation))
    }
    assert offered == set(GATES)


@pytest.mark.parametrize("reader", GATES)
def test_only_gates_read_and_each_narrows_what_it_read(reader: str) -> None:
    users = [
        path.relative_to(ROOT).as_posix()
        for folder in ("medilink", "ui", "exports", "backup")
        for path in python_files(folder)
        if f"{reader}(" in path.read_text()
    ]
    assert users == sorted(GATES[reader])
    for gate, narrowed_by in GATES[reader].items():
        assert narrowed_by in (ROOT / gate).read_text(), f"{gate} hands out all it reads"


@pytest.mark.parametrize("gate", READERS)
def test_every_gate_asks_for_the_same_right_and_logs_a_refusal(gate: str) -> None:
    text = (ROOT / gate).read_text()
    asked = ("refusals_logged(desk, Act.", "check_can_open(", "rights_here(desk")
    assert all(step in text for step in asked)


@pytest.mark.parametrize("gate", ["medilink/acts/hand_out.py", "medilink/acts/read_record.py"])
def test_a_gate_opens_no_more_sections_than_the_right_has(gate: str) -> None:
    text = (ROOT / gate).read_text()
    assert "right.sections & " in text
    assert "read_through(desk, patient, right, " in text


def test_an_export_reads_nothing_itself() -> None:
    """But for the walks that go from the gate to the file."""
    for path in python_files("exports"):
        if path.name in ("making.py", "everybody.py"):
            continue
        assert not any(name.startswith("medilink.acts") for name in names_imported(path)), path


def test_the_writer_is_opened_in_one_place() -> None:
    """`writing()` belongs to the log keeper, and to drafts, which are in nobody's record."""
    users = {
        path.relative_to(ROOT).as_posix()
        for folder in ("medilink", "ui", "exports", "backup", "database", "security")
        for path in python_files(folder)
        if re.search(r"\.writing\(\)", path.read_text())
    }
    assert users == {"database/log.py", "database/drafts.py"}


def test_acts_are_made_one_in_known_places() -> None:
    """What is raised inside has to leave the block, which a reader has to see for each."""
    users = {
        path.relative_to(ROOT).as_posix()
        for folder in ("medilink", "ui", "exports", "backup", "database", "security")
        for path in python_files(folder)
        if re.search(r"\.together\(", path.read_text())
    }
    assert users == {"database/log.py", "medilink/acts/bring_own_back.py"}


def test_what_is_the_clinics_own_is_read_without_a_way_to_a_patient() -> None:
    """The rooms of the store that are handed over have no method that asks for evidence."""
    rooms = {name for name, found in vars(OwnRooms).items() if isinstance(found, property)}
    assert rooms == {"settings", "accounts", "log_filters", "backups", "network"}
    for room in rooms:
        for name, signature in methods(FAMILIES[room][0]):
            assert "LoggedRead" not in str(signature.return_annotation), f"{room}.{name}"


def test_every_act_that_changes_something_names_its_entry() -> None:
    """An act's function either calls the store with `audit=`, or calls another act."""
    for path in python_files("medilink/acts"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            chain = ast.unparse(node.func)
            family = re.search(r"store\.(\w+)\.(\w+)$", chain)
            if not family or family[1] in OUTSIDE_THE_LOG or family[1] not in FAMILIES:
                continue
            if FREE_OF_EVIDENCE.match(family[2]) or chain.endswith("log.write"):
                continue
            assert "audit" in {word.arg for word in node.keywords}, f"{path.name}: {chain}"
