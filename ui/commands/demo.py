"""`python run.py demo`: a throwaway store with made-up patients, sign-ins written on the page."""

from __future__ import annotations

import logging
import tempfile
from dataclasses import replace
from pathlib import Path

from medilink.acts.bring_in import ImportReport, bring_in, read_file
from medilink.acts.register import record_patient_is_here
from medilink.acts.set_up import ClinicForm
from medilink.audit import Act, Evidence
from medilink.config import read_config
from medilink.desk import Desk
from medilink.errors import MediLinkError
from medilink.family import Guardianship, Relation
from medilink.intake.made_up import made_up_patients
from medilink.people import Account, AccountId, Patient, PatientId, Profession, Role
from medilink.receiving import ReceivedPatient
from security.slots import new_recovery_words
from ui.app import build_app
from ui.commands.options import FINE, complain, parser
from ui.corpora import corpus_files
from ui.doors.sign_in import Guest
from ui.house import House, open_house
from ui.serving import serve

PATIENTS = 200
SEED = 2026
PASSWORD = "demo-only-2026"  # noqa: S105 of a store that holds nobody real
ADMIN, DOCTOR = "admin", "amina"
CHILD_YEARS = 6


def main(argv: list[str]) -> int:
    """Serve the demonstration until Ctrl-C; then everything is deleted."""
    options = parser("demo", "Try MediLink on a throwaway store with made-up patients.")
    options.add_argument("--host", help="as for plain start", default="127.0.0.1")
    options.add_argument("--port", type=int)
    options.add_argument("--no-browser", action="store_true")
    options.add_argument("--patients", type=int, default=PATIENTS, help="how many made-up ones")
    given = options.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    with tempfile.TemporaryDirectory(prefix="medilink-demo-") as folder:
        config = replace(
            read_config(
                data=folder, host=given.host, port=given.port, demo=True, own_backups=False
            ),
            open_browser=not given.no_browser,
            keys_dir=Path(folder),
            hash_cost="light",
        )
        house = open_house(config)
        try:
            guests = furnish(house, given.patients)
            serve(build_app(house, guests), config)
        except MediLinkError as error:
            return complain(error)
        finally:
            house.close()
    return FINE


def furnish(house: House, patients: int) -> tuple[Guest, ...]:
    """A clinic with staff and patients; who may try it."""
    form = ClinicForm(
        "Kisumu Demonstration Clinic", "KE", "en", "Grace Wafula", ADMIN, PASSWORD, PASSWORD
    )
    house.set_up(form, new_recovery_words(), unattended=False)
    desk = house.system_desk()
    doctor = _account(desk, DOCTOR, "Amina Otieno", Role.PROVIDER, Profession.DOCTOR)
    _account(desk, "joseph", "Joseph Mwangi", Role.PROVIDER, Profession.NURSE)
    print("Making patients …", flush=True)
    telling, child = _bring_in_everybody(desk, house, patients)
    patient = _with_sign_in(desk, telling)
    record_patient_is_here(desk.signed_in_as(doctor), PatientId(3), "demonstration")
    record_patient_is_here(desk.signed_in_as(doctor), child, "demonstration")
    _give_child(desk, patient, child)
    return (
        Guest("Patient", patient.medilink_id, PASSWORD),
        Guest("Doctor", DOCTOR, PASSWORD),
        Guest("Administrator", ADMIN, PASSWORD),
    )


def _account(desk: Desk, user_name: str, name: str, role: Role, profession: str = "") -> Account:
    account = Account(AccountId(0), user_name, name, role, profession)
    event = desk.event(Act.ADD_ACCOUNT, user_name=user_name)
    return desk.store.accounts.add(account, desk.passwords.hash(PASSWORD), audit=event)


def _bring_in_everybody(desk: Desk, house: House, patients: int) -> tuple[PatientId, PatientId]:
    """Fill the store; the made-up patient whose record shows most, and the small child who was
    measured most often."""
    report = ImportReport()
    made_up = list(made_up_patients(SEED, patients, house.clock().date()))
    bring_in(desk, made_up, report)
    for path in corpus_files():
        people, unread = read_file(desk, path.name, path.read_bytes())
        report.unread += unread
        bring_in(desk, people, report)
    print(f"{report.people} people, {report.entries} entries.", flush=True)
    telling = max(range(len(made_up)), key=lambda number: _kinds_shown(made_up[number]))
    newest = max(person.details.birth_date for person in made_up)
    child = max(range(len(made_up)), key=lambda number: _as_child(made_up[number], int(newest[:4])))
    return PatientId(telling + 1), PatientId(child + 1)


def _as_child(person: ReceivedPatient, this_year: int) -> int:
    """How much there is about a child under six."""
    born = int(person.details.birth_date[:4] or 0)
    return len(person.entries) if this_year - born < CHILD_YEARS else 0


def _give_child(desk: Desk, patient: Patient, child: PatientId) -> None:
    """The patient who can be tried has a child to look after."""
    link = Guardianship(0, child, patient.id, Relation.GUARDIAN, desk.now)
    desk.store.rights.link_guardian(link, audit=desk.event(Act.LINK_GUARDIAN, child))


def _kinds_shown(person: ReceivedPatient) -> tuple[int, int]:
    """How many kinds of active entries a summary would show, and how much there is in all."""
    entries = [entry for part in person.entries for entry in part.understood]
    active = {type(entry) for entry in entries if getattr(entry, "status", "") == "active"}
    return len(active), len(entries)


def _with_sign_in(desk: Desk, number: PatientId) -> Patient:
    """A patient, given a sign-in."""

    def read(audit: Evidence) -> Patient:
        return desk.store.patients.identity(number, audit=audit)[0]

    patient = read(desk.event(Act.OPEN_IDENTITY, number))
    account = Account(
        AccountId(0),
        patient.medilink_id,
        patient.details.full_name,
        Role.PATIENT,
        patient=patient.id,
    )
    event = desk.event(Act.ADD_ACCOUNT, patient.id)
    desk.store.accounts.add(account, desk.passwords.hash(PASSWORD), audit=event)
    return patient
