"""The loss at each pixel of a painted mask, and its means."""

import json

import numpy as np
import pytest
import torch
from tests.figures.test_code import printed
from torch.nn import functional as F  # noqa: N812

from crossent.figures import figure_named
from crossent.figures.figure import State
from crossent.figures.parameters import VOID
from crossent.figures.pixel_loss import (
    BALL,
    MASKS,
    PixelLoss,
    model_logits,
    near_another,
    placed,
    true_mask,
    with_rim,
)
from crossent.links.server import Sent, encode_columns

MASK = PixelLoss.parameters()["mask"]
FAR_UNSEEN = placed("far", radius=0.0)


def columns(given: State):
    state, problems = PixelLoss.resolve(given)
    assert not problems
    return PixelLoss.columns(state)


def readout(given: State):
    return columns(given)["readout"]


def losses(given: State):
    """The loss at each pixel, from the top."""
    return columns(given)["heat"]["loss"][0][::-1]


def test_it_is_in_the_index():
    assert figure_named("pixel-loss") is PixelLoss


# -- the mask as text --


def test_a_mask_as_text_is_the_mask_again():
    for given in (MASKS["near"], MASKS["far"], with_rim("near"), "576x", "sg" * 288):
        assert MASK.text(MASK.pixels(given)) == given


def test_no_mask_takes_more_than_a_letter_a_pixel():
    rng = np.random.default_rng(0)
    for _ in range(50):
        pixels = rng.choice([0, 1, 2, VOID], size=MASK.size)
        assert len(MASK.text(pixels)) <= pixels.size
    assert max(map(len, MASKS.values())) < 80


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (7, "mask must be 24 x 24 pixels in runs such as 12s, of the letters s, g, b, x; got 7"),
        ("9q", "mask must be 24 x 24 pixels in runs such as 12s, of the letters s, g, b, x; got "),
        ("575s", "mask must have 24 x 24 pixels in runs such as 12s, of the letters s, g, b, x; "),
    ],
)
def test_what_is_no_mask_is_refused_with_a_sentence(given, sentence):
    _, problems = PixelLoss.resolve({"mask": given})
    assert problems[0].startswith(sentence)


def test_many_runs_of_few_pixels_are_counted_in_no_time_and_refused():
    _, problems = PixelLoss.resolve({"mask": "s" * 100_000})
    assert len(problems[0]) < 160


# -- losses --


def test_a_pixel_that_is_wrong_costs_the_confidence_more():
    found = readout(FAR_UNSEEN)
    assert found["right_pixel"] == pytest.approx(np.log(1 + 2 * np.exp(-4)), rel=1e-14)
    assert found["wrong_pixel"] == pytest.approx(found["right_pixel"] + 4, rel=1e-14)
    assert found["loss_ball"] == pytest.approx(found["wrong_pixel"], rel=1e-13)
    assert np.min(losses(FAR_UNSEEN)) == pytest.approx(found["right_pixel"], rel=1e-12)


def test_a_ball_that_is_not_seen_leaves_98_percent_right():
    found = readout(FAR_UNSEEN)
    assert found["n_ball"] == 12
    assert found["accuracy"] == 564 / 576
    assert found["iou_ball"] == found["found_ball"] == 0
    assert found["unseen"]


def test_at_weight_47_the_ball_counts_as_much_as_all_the_rest():
    found = readout(FAR_UNSEEN | {"ball_weight": 47.0})
    assert found["n_ball"] * 47 == found["n_sky"] + found["n_ground"]
    others = (found["loss_sky"] * found["n_sky"] + found["loss_ground"] * found["n_ground"]) / 564
    assert found["mean"] == pytest.approx((found["loss_ball"] + others) / 2, rel=1e-12)


def test_the_shares_of_the_classes_sum_to_1():
    found = readout({"ball_weight": 5.0})
    assert found["share_sky"] + found["share_ground"] + found["share_ball"] == pytest.approx(1)


def test_a_model_that_sees_what_there_is_is_right_everywhere_and_unsure_where_classes_meet():
    for scene in ("near", "far"):
        found = readout(placed(scene))
        assert found["accuracy"] == found["iou_ball"] == 1
        assert found["band"] > 5 * found["rest"]


def test_where_classes_meet_112_pixels_cost_0_301_and_the_others_0_037():
    found = readout(placed("near"))
    assert (found["n_band"], f"{found['band']:.3f}", f"{found['rest']:.3f}") == (
        112,
        "0.301",
        "0.037",
    )


def test_from_a_weight_of_about_6_on_nine_tenths_of_the_loss_are_the_unseen_balls():
    assert readout(FAR_UNSEEN | {"ball_weight": 5.5})["share_ball"] < 0.9
    assert readout(FAR_UNSEEN | {"ball_weight": 6.0})["share_ball"] >= 0.9


def test_a_void_pixel_counts_nowhere():
    given = placed("near", mask=with_rim("near"))
    found = readout(given)
    assert found["n_void"] == np.sum(near_another(true_mask("near"))) > 50
    assert found["mean"] == pytest.approx(np.nanmean(losses(given)), rel=1e-12)
    assert np.sum(np.isnan(losses(given))) == found["n_void"]
    assert np.isnan(found["band"])


def test_all_void_is_nan_and_said():
    found = readout({"mask": "576x"})
    assert np.isnan(found["mean"])
    assert found["nothing"]


def test_each_pixels_loss_is_torchs():
    state = PixelLoss.resolve(placed("near", ball_x=12.0, mask=with_rim("near")))[0]
    model = ("horizon", "ball_x", "ball_y", "radius", "confidence")
    logits = torch.tensor(model_logits(*(state[name] for name in model))).movedim(-1, 0)[None]
    targets = torch.tensor(MASK.pixels(state["mask"]))[None]
    theirs = F.cross_entropy(logits, targets, ignore_index=VOID, reduction="none")[0].numpy()
    assert np.nan_to_num(losses(state)) == pytest.approx(theirs, rel=1e-12)


# -- where classes meet --


def test_a_pixel_in_the_middle_of_its_class_meets_none():
    mask = np.zeros((24, 24), dtype=np.int64)
    mask[:, 12:] = 1
    assert np.array_equal(np.flatnonzero(np.any(near_another(mask), axis=0)), [11, 12])
    mask[:, 12] = VOID
    assert not np.any(near_another(mask))


def test_classes_meet_at_corners_too():
    mask = np.zeros((24, 24), dtype=np.int64)
    mask[5, 5] = BALL
    assert np.sum(near_another(mask)) == 9


# -- edits --


def test_another_image_brings_its_mask():
    state = PixelLoss.resolve({"scene": "far"})[0]
    assert PixelLoss.edited(state, "trace", 0, 0.0)["mask"] == MASKS["far"]


def test_the_rim_is_void_and_a_second_one_changes_nothing():
    once = PixelLoss.edited(PixelLoss.resolve({})[0], "rim", 0, 0.0)
    assert once["mask"] == with_rim("near")
    assert PixelLoss.edited(once, "rim", 0, 0.0) == once


def test_the_balls_top_and_side_move_its_middle_and_its_size():
    state = PixelLoss.resolve({})[0]
    assert PixelLoss.edited(state, "top", 0, 18.0)["ball_y"] == 12.5
    assert PixelLoss.edited(state, "side", 0, 20.3)["radius"] == 8.3
    assert PixelLoss.edited(state, "side", 0, 3.0)["radius"] == 0


# -- code --


@pytest.mark.parametrize("language", ["PyTorch", "NumPy"])
@pytest.mark.parametrize("preset", PixelLoss.presets, ids=lambda preset: preset.label)
def test_the_code_prints_the_mean(language, preset):
    said = printed("pixel-loss", language, preset.state)
    assert float(said) == pytest.approx(readout(preset.state)["mean"], rel=1e-12)


# -- messages --


def test_the_messages_of_a_stroke_are_small():
    """Of a mask as wild as there is one: the state that is sent, and what is sent back."""
    before, after = ({"mask": "sg" * 288}, {"mask": "sgb" * 192})
    asked = [PixelLoss.resolve(given)[0] for given in (before, after)]
    sent = Sent()
    sent.news(PixelLoss.columns(asked[0]))
    answer = encode_columns(sent.news(PixelLoss.columns(asked[1])))
    assert len(json.dumps(asked[1])) < 800
    assert len(json.dumps(answer)) < 20_000
    assert {"image", "boundary", "horizon"}.isdisjoint(answer["tables"])
