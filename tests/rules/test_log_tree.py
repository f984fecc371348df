"""The tree over the log: the roots others compute, and proofs that hold for nothing else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medilink.log_tree import BLOCK, LogTree, block_root
from security.check_log import (
    Doubtful,
    Frontier,
    check_consistency,
    leaf_hash,
    node_hash,
    root_from_inclusion,
)

# The eight leaves and roots that implementations of Certificate Transparency compare themselves by.
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def by_definition(hashes: list[bytes]) -> bytes:
    """MTH as RFC 9162 section 2.1.1 defines it."""
    if len(hashes) == 1:
        return leaf_hash(hashes[0])
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return node_hash(by_definition(hashes[:half]), by_definition(hashes[half:]))


def some_hashes(count: int) -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(4)).digest() for number in range(count)]


HASHES = some_hashes(5 * BLOCK)


def tree_of(size: int, *, kept: bool = True) -> LogTree:
    blocks = [
        block_root(HASHES[start : start + BLOCK]) for start in range(0, size - BLOCK + 1, BLOCK)
    ]

    def hashes(low: int, high: int) -> list[bytes]:
        assert high - low <= BLOCK, "a proof looks at no more than a block at once"
        return HASHES[low:high]

    return LogTree(size, blocks if kept else [], hashes)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert block_root(CT_LEAVES[:size]).hex() == CT_ROOTS[size - 1]


sizes = st.integers(1, len(HASHES)) | st.sampled_from([BLOCK - 1, BLOCK, BLOCK + 1, 4 * BLOCK])


@given(size=sizes, kept=st.booleans())
def test_the_root_is_the_one_of_the_definition_with_and_without_kept_blocks(
    size: int, kept: bool
) -> None:
    grown = Frontier()
    for one in HASHES[:size]:
        grown.add(leaf_hash(one))
    assert tree_of(size, kept=kept).root() == by_definition(HASHES[:size]) == grown.root


@given(data=st.data())
def test_an_entry_proves_its_place_and_no_other_entry_does(data: st.DataObject) -> None:
    size = data.draw(sizes)
    index = data.draw(st.integers(0, size - 1))
    root, path = tree_of(size).root(), tree_of(size).inclusion(index, size)
    assert root_from_inclusion(leaf_hash(HASHES[index]), index, size, path) == root
    assert len(path) * 32 <= 1024
    other = data.draw(st.integers(0, len(HASHES) - 1).filter(lambda one: one != index))
    assert root_from_inclusion(leaf_hash(HASHES[other]), index, size, path) != root
    if other < size:
        try:
            found = root_from_inclusion(leaf_hash(HASHES[index]), other, size, path)
        except Doubtful:
            return
        assert found != root


@given(data=st.data())
def test_a_log_that_only_grew_proves_it_and_a_rewritten_one_cannot(data: st.DataObject) -> None:
    new = data.draw(sizes)
    old = data.draw(st.integers(1, new))
    tree = tree_of(new)
    path, was, now = tree.consistency(old, new), tree.root(old), tree.root(new)
    check_consistency(old, was, new, now, path)
    forged = hashlib.sha256(was).digest()
    with pytest.raises(Doubtful):
        check_consistency(old, forged, new, now, path)
    with pytest.raises(Doubtful):
        check_consistency(old, was, new, hashlib.sha256(now).digest(), path)
    if path:
        with pytest.raises(Doubtful):
            check_consistency(old, was, new, now, path[:-1])
        with pytest.raises(Doubtful):
            check_consistency(old, was, new, now, [*path, path[-1]])
