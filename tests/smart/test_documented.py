"""docs/formats/smart-health-cards.md lists what the code does: verdicts, rules, what gives way."""

from __future__ import annotations

import re
from pathlib import Path

from medilink.smart.card import STEPS
from medilink.smart.judging import Verdict
from tests.smart import test_our_cards as ours
from tests.smart import test_published_examples as published

ROOT = Path(__file__).resolve().parents[2]
DOC = (ROOT / "docs/formats/smart-health-cards.md").read_text("utf-8")
RULES = set(re.findall(r"`([a-z-]+)`", DOC.partition("Rules by name:")[2].partition("\n\nA ")[0]))
MET = {
    *(rule for *_, rule in published.SIGNED),
    *(rule for _, rule in published.IN_DIGITS),
    *(rule for *_, rule in published.SIGNED_HERE if rule not in ("nbf", "exp")),
    *(rule for _, verdicts in published.FILES for _, rule in verdicts),
    *(rule for _, rule in (*ours.CHANGES, *ours.CREDENTIALS, *ours.PATIENT_CHANGES)),
} - {""}


def test_every_rule_the_tests_meet_is_listed() -> None:
    assert len(MET) > 35
    assert MET <= RULES


def test_every_listed_rule_stands_in_the_code() -> None:
    folders = [*(ROOT / "medilink/smart").glob("*.py"), ROOT / "security/jose.py"]
    sources = "\n".join(path.read_text("utf-8") for path in folders)
    for rule in RULES:
        made_of = re.sub(r"^(header|key|nbf|exp)-(.*)$", r"\2", rule)  # f"header-{member}"
        assert f'"{rule}"' in sources or f'"{made_of}"' in sources or f"-{made_of}" in sources, rule


def test_every_verdict_is_explained() -> None:
    assert [v for v in Verdict if f"| {v.value} |" not in DOC] == []


def test_what_gives_way_is_listed_in_its_order() -> None:
    assert tuple(re.findall(r"^\d+\. (.+)$", DOC, re.MULTILINE)) == STEPS
