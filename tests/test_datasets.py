"""What training figures learn from is what it says it is, and the same in JavaScript."""

from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import Browser
from sklearn.datasets import load_digits
from tests.trace.comparing import assert_agrees

from crossent.core.kernels import batches, normals, rows_at, shuffled
from crossent.datasets import alice, blobs, digits, imbalanced, moons, spirals
from crossent.trace import emit, trace

PLANE = {"blobs": blobs, "moons": moons, "spirals": spirals, "imbalanced": imbalanced}


def test_the_digits_are_those_that_scikit_learn_ships():
    pixels, targets = load_digits(return_X_y=True)
    known = {tuple(row): (i, targets[i]) for i, row in enumerate(pixels)}
    ours = digits()
    images = np.concatenate([ours.train_images, ours.test_images]) * 16
    targets = np.concatenate([ours.train_targets, ours.test_targets])
    found = [known[tuple(image)] for image in images]
    assert [target for _, target in found] == targets.tolist()
    assert len({i for i, _ in found}) == 500  # so none is learned from and tested with
    assert np.bincount(ours.train_targets).tolist() == [30] * 10
    assert np.bincount(ours.test_targets).tolist() == [20] * 10


@pytest.mark.parametrize("name", PLANE)
def test_points_depend_on_their_seed_and_place_alone(name):
    make = PLANE[name]
    whole = make(np.float64(7), 60).points
    if name != "imbalanced":  # where fewer points have rare ones in other places
        assert np.array_equal(whole[42:], make(np.float64(7), 18, start=42).points)
    assert not np.any(np.isclose(whole, make(np.float64(8), 60).points))


@pytest.mark.parametrize("name", PLANE)
def test_points_lie_near_the_origin(name):
    points = PLANE[name](np.float64(3), 4000).points
    assert np.mean(np.abs(points) < 2) > 0.98
    assert np.all(np.abs(np.mean(points, axis=0)) < 1)


@pytest.mark.parametrize(("n", "share"), [(100, 0.1), (400, 0.1), (90, 0.05), (10, 0.5)])
def test_the_rare_class_has_its_share(n, share):
    targets = imbalanced(np.float64(0), n, share=share).targets
    assert np.sum(targets) == np.floor(n * share + 0.5)


def test_blobs_have_the_spread_asked_for():
    points, targets = blobs(np.float64(1), 6000, num_classes=2, spread=0.25)
    for target, centre in enumerate(([0, 1], [0, -1])):
        cloud = points[targets == target]
        assert np.mean(cloud, axis=0) == pytest.approx(centre, abs=0.02)
        assert np.std(cloud, axis=0) == pytest.approx([0.25, 0.25], abs=0.01)


@pytest.mark.parametrize("name", PLANE)
def test_points_agree_in_javascript(browser: Browser, name):
    page = browser.new_page()

    def compute(seed):
        points, targets = PLANE[name](seed, 50, start=1000)
        return {"data": {"points": points, "targets": targets}}

    assert_agrees(page, compute, *({"seed": s} for s in (0.0, 1.0, 4e9)), atol=1e-14)
    page.close()


def test_chance_and_digits_agree_in_javascript(browser: Browser):
    page = browser.new_page()

    def compute(seed, place):
        order = batches(seed, 5, 40, 300)
        images = digits().train_images
        return {
            "chance": {
                "normals": normals(seed, place + np.arange(40.0)),
                "shuffled": shuffled(seed, 30),
            },
            "batch": {"rows": order, "images": rows_at(images, order[4])},
            "digits": {"all": images, "targets": digits().train_targets},
        }

    taken = assert_agrees(
        page, compute, *({"seed": s, "place": s // 3} for s in (0.0, 5.0, 4e9)), atol=1e-14
    )
    assert len(emit(taken)) < 40_000
    page.close()


def test_a_constant_is_packed_only_where_that_keeps_every_bit():
    packed = {
        "whole": np.arange(40) % 7 - 3,
        "sixteenths": np.arange(40) % 17 / 16,
        "bools": np.arange(40) % 3 == 1,
    }
    plain = {
        "tenths": np.arange(40) % 7 / 10,
        "far apart": (np.arange(40) % 7) ** 4,
        "minus zero": np.where(np.arange(40) % 2, -0.0, 1.0),
        "nan": np.where(np.arange(40) % 2, np.nan, 1.0),
    }
    for kind, tables in ((True, packed), (False, plain)):
        for name, table in tables.items():
            text = emit(trace(lambda x, table=table: {"out": {"y": table + x}}, {"x": 0.5}))
            assert ("packed(" in text) == kind, name


def test_the_chapters_counts_are_of_each_token_after_the_one_before():
    tokens = alice.chapter()
    found = alice.counts(1)
    pairs = list(pairwise(tokens))
    assert found.sum() == len(pairs)
    for first, second in [("q", "u"), ("e", " "), (",", " "), ("t", "h")]:
        pair = tuple(alice.codes(first + second))
        assert found[pair] == pairs.count(pair) > 0
    assert (alice.counts(2).sum(0) == found).all()


def test_pieces_are_the_first_merges_of_byte_pair_encoding():
    pairs = ()
    for _ in range(len(alice.PAIRS)):
        tokens, count = alice.in_pieces(alice.chapter(), pairs)
        left, right = tokens[: count - 1], tokens[1:count]
        plain = (left < alice.UNKNOWN) & (right < alice.UNKNOWN)
        counts = np.bincount(left[plain] * alice.CHARACTERS + right[plain])
        pairs += ("".join(alice.LETTERS[i] for i in divmod(counts.argmax(), alice.CHARACTERS)),)
    assert pairs == alice.PAIRS
