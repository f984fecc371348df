"""The pictures of sharing between clinics, from two real ones before each other's cameras."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Playwright

from tests.browser.driving import go, heading
from tests.browser.test_two_clinics import face_to_face, join_by_codes
from tests.browser.two_clinics import two_clinics

Take = Callable[[Page, str, str], None]


def take_clinics(playwright: Playwright, folder: Path, take: Take) -> None:
    """`take(page, name, size)` keeps one picture."""
    with two_clinics(folder, playwright) as (kisumu, siaya):
        join_by_codes(kisumu, siaya)
        patient, doctor = kisumu.patient(), siaya.doctor()
        _patients_pages(patient, take)
        _providers_pages(doctor, take)
        face_to_face(doctor, patient, kisumu, siaya, whole=False)
        take(doctor, "visiting", "desktop")
        admin = kisumu.admin()
        go(admin, "Other clinics", "Other clinics")
        take(admin, "network", "desktop")


def _patients_pages(patient: Page, take: Take) -> None:
    go(patient, "Share", "Share my record")
    patient.get_by_role("button", name="Code to take along").click()
    heading(patient, "Code to take along")
    take(patient, "elsewhere", "phone")
    patient.get_by_role("button", name="Back to Share").click()
    heading(patient, "Share my record")
    patient.get_by_role("button", name="Emergency card").click()
    heading(patient, "Emergency card")
    patient.get_by_role("button", name="Make the card").click()
    patient.get_by_role("button", name="Picture for the phone", exact=True).wait_for()
    take(patient, "card", "phone")


def _providers_pages(doctor: Page, take: Take) -> None:
    doctor.set_viewport_size({"width": 360, "height": 740})
    go(doctor, "Scan a code", "Scan a code")
    doctor.get_by_role("button", name="Ask a patient of another clinic, face to face").click()
    heading(doctor, "Ask face to face")
    take(doctor, "ask", "phone")
    doctor.set_viewport_size({"width": 1100, "height": 900})
