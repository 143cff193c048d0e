"""Every number that the lessons state, recomputed by the public core."""

import numpy as np
import pytest

from crossent import core

LOG_OF = [
    (0.99, 0.01005),
    (0.9, 0.10536),
    (0.7, 0.35667),
    (0.6, 0.51083),
    (0.5, 0.69315),
    (0.3, 1.20397),
    (0.1, 2.30259),
    (0.05, 2.99573),
    (0.01, 4.60517),
]


def to(digits):
    """Equal when rounded to this many decimals, as the lessons state them."""
    return {"abs": 0.5 * 10.0**-digits * (1 + 1e-9), "rel": 0}


def loss_of(probs, target):
    """Cross-entropy by way of logits; log-probabilities are logits of themselves."""
    return core.cross_entropy(np.log(probs), target)


# 01 surprise


@pytest.mark.parametrize(("p", "surprise"), LOG_OF)
def test_surprise_at_a_probability(p, surprise):
    assert loss_of([p, 1 - p], 0) == pytest.approx(surprise, **to(5))


def test_certainty_that_was_right_costs_nothing_and_the_impossible_without_bound():
    assert core.cross_entropy_of([1.0, 0.0], [1.0, 0.0]) == 0.0
    assert core.cross_entropy_of([1.0, 0.0], [0.0, 1.0]) == np.inf


def test_only_the_targets_probability_enters_the_loss_but_every_logit_has_a_gradient():
    one, other = np.log([0.6, 0.3, 0.1]), np.log([0.6, 0.2, 0.2])
    assert core.cross_entropy(one, 0) == pytest.approx(core.cross_entropy(other, 0), rel=1e-15)
    assert np.all(core.cross_entropy_grad(one, 0) != 0)


@pytest.mark.parametrize(("k", "loss"), [(2, 0.6931), (5, 1.6094), (10, 2.3026), (1000, 6.9078)])
def test_uniform_guessing_costs_log_k_whichever_class_is_right(k, loss):
    losses = core.cross_entropy(np.zeros((k, k)), np.arange(k), reduction="none")
    np.testing.assert_allclose(losses, np.log(k), rtol=1e-14)
    assert losses[0] == pytest.approx(loss, **to(4))


@pytest.mark.parametrize(
    ("probs", "target", "loss"),
    [
        ([0.1, 0.2, 0.6, 0.1], 2, 0.5108),
        ([0.05, 0.10, 0.80, 0.05], 2, 0.2231),
        ([0.70] + [0.3 / 9] * 9, 0, 0.3567),
        ([0.05] + [0.95 / 9] * 9, 0, 2.9957),
    ],
)
def test_whole_predictions(probs, target, loss):
    assert loss_of(probs, target) == pytest.approx(loss, **to(4))


def test_a_loss_below_0_105_needs_a_little_more_than_nine_tenths():
    assert loss_of([0.9, 0.1], 0) > 0.105 > loss_of([0.901, 0.099], 0)


# 02 information


def test_the_floor_is_the_entropy_of_the_truth_and_zero_for_one_hot():
    q = np.array([0.5, 0.3, 0.2])
    assert core.cross_entropy_of(q, q) == pytest.approx(core.entropy(q), rel=1e-15)
    assert core.cross_entropy_of(q, [0.4, 0.4, 0.2]) > core.entropy(q)
    assert core.entropy([0.0, 1.0, 0.0]) == 0.0


# 03 likelihood


def test_mean_negative_log_likelihood_is_least_at_the_frequencies():
    counts = np.array([5, 3, 2])
    frequencies = counts / 10
    targets = np.repeat(np.arange(3), counts)

    def mean_nll(probs):
        return core.cross_entropy(np.tile(np.log(probs), (10, 1)), targets)

    assert mean_nll(frequencies) == pytest.approx(core.entropy(frequencies), rel=1e-14)
    for other in np.random.default_rng(0).dirichlet(np.ones(3), 100):
        assert mean_nll(other) > mean_nll(frequencies)


def test_a_product_of_2000_probabilities_underflows_while_the_sum_of_logs_does_not():
    assert np.prod(np.full(2000, 0.5)) == 0.0
    total = core.cross_entropy(np.zeros((2000, 2)), np.zeros(2000, int), reduction="sum")
    assert total == pytest.approx(2000 * np.log(2), rel=1e-13)


# 04 binary


@pytest.mark.parametrize(("p", "surprise"), LOG_OF)
def test_two_curves(p, surprise):
    assert core.binary_cross_entropy(p, 1) == pytest.approx(surprise, **to(5))
    assert core.binary_cross_entropy(1 - p, 0) == pytest.approx(surprise, **to(5))


def test_a_soft_label_blends_the_two_curves():
    yes, no = core.binary_cross_entropy(0.8, 1), core.binary_cross_entropy(0.8, 0)
    assert core.binary_cross_entropy(0.8, 0.3) == pytest.approx(0.3 * yes + 0.7 * no, rel=1e-15)


def test_one_logit_equals_two_logits_with_their_difference():
    for z1, z0 in [(2.0, 1.0), (-3.5, 0.25), (40.0, 0.0)]:
        pair = core.cross_entropy([z0, z1], 1)
        assert core.binary_cross_entropy_with_logits(z1 - z0, 1) == pytest.approx(pair, abs=1e-15)


def test_the_slope_in_logit_space_is_p_minus_y():
    for z in (-3.0, 0.0, 2.0):
        for y in (0.0, 0.3, 1.0):
            grad = core.binary_cross_entropy_with_logits_grad(z, y)
            assert grad == core.sigmoid(z) - y


def test_each_log_of_a_probability_is_clamped_at_minus_100():
    assert core.binary_cross_entropy(0.0, 1.0) == 100.0
    assert core.binary_cross_entropy(1e-50, 1.0) == 100.0


# 05 squared error against cross-entropy


def test_ratios_of_the_two_losses():
    squared = core.mse_loss(0.99, 1.0), core.mse_loss(0.01, 1.0)
    entropies = core.binary_cross_entropy(0.99, 1.0), core.binary_cross_entropy(0.01, 1.0)
    assert squared == pytest.approx((0.0001, 0.9801), **to(10))
    assert entropies == (pytest.approx(0.01005, **to(5)), pytest.approx(4.605, **to(3)))
    assert squared[1] / squared[0] == pytest.approx(9801, **to(0))
    assert entropies[1] / entropies[0] == pytest.approx(458, **to(0))


def test_slopes_when_confidently_wrong():
    logit = np.log(0.01 / 0.99)
    assert core.mse_loss_grad(0.01, 1.0) == pytest.approx(-1.98, rel=1e-14)
    assert core.sigmoid_mse_grad(logit, 1.0) == pytest.approx(-0.0196, **to(4))
    ours = core.binary_cross_entropy_with_logits_grad(logit, 1.0)
    assert ours == pytest.approx(-0.99, rel=1e-14)


@pytest.mark.parametrize(
    ("probs", "squared", "mean", "entropy", "squared_grad", "entropy_grad"),
    [
        ([0.7, 0.2, 0.1], 0.14, 0.0467, 0.3567, -0.196, -0.3),
        ([0.4, 0.3, 0.3], 0.54, 0.18, 0.9163, -0.432, -0.6),
    ],
)
def test_three_classes(probs, squared, mean, entropy, squared_grad, entropy_grad):
    logits = np.log(probs)
    assert core.softmax_mse(logits, 0) == pytest.approx(squared, rel=1e-13)
    assert core.mse_loss(probs, [1, 0, 0]) == pytest.approx(mean, **to(4))
    assert core.cross_entropy(logits, 0) == pytest.approx(entropy, **to(4))
    assert core.softmax_mse_grad(logits, 0)[0] == pytest.approx(squared_grad, **to(4))
    assert core.cross_entropy_grad(logits, 0)[0] == pytest.approx(entropy_grad, rel=1e-13)


def test_three_classes_confidently_wrong():
    logits = np.log([0.001, 0.998, 0.001])
    assert core.cross_entropy_grad(logits, 0)[0] == pytest.approx(-0.999, rel=1e-13)
    assert core.softmax_mse_grad(logits, 0)[0] == pytest.approx(-0.00399, **to(5))


# 06 softmax and its gradient

ROW = [2.0, 1.2, 0.3, -0.8, -2.0]
BATCH = [ROW, [-1.0, -0.5, 2.0, 0.1, -0.3], [0.5] * 5]


def test_probabilities_loss_and_gradient_of_a_row():
    assert core.softmax(ROW) == pytest.approx([0.5844, 0.2626, 0.1068, 0.0355, 0.0107], **to(4))
    assert core.cross_entropy(ROW, 0) == pytest.approx(0.537159, **to(6))
    grad = core.cross_entropy_grad(ROW, 0)
    assert grad == pytest.approx([-0.4156, 0.2626, 0.1068, 0.0355, 0.0107], **to(4))
    assert core.softmax([2, 1, 0.1]) == pytest.approx([0.6590, 0.2424, 0.0986], **to(4))


def test_a_batch_of_three_divides_by_three():
    losses = core.cross_entropy(BATCH, [0, 2, 1], reduction="none")
    assert losses == pytest.approx([0.537159, 0.323314, 1.609438], **to(6))
    assert core.cross_entropy(BATCH, [0, 2, 1]) == pytest.approx(0.823304, **to(6))
    np.testing.assert_allclose(
        core.cross_entropy_grad(BATCH, [0, 2, 1])[0], core.cross_entropy_grad(ROW, 0) / 3, 1e-14
    )


def test_each_loser_is_pushed_down_in_proportion_to_the_mass_it_holds():
    grad, probs = core.cross_entropy_grad(ROW, 0), core.softmax(ROW)
    np.testing.assert_array_equal(grad[1:], probs[1:])
    assert grad.sum() == pytest.approx(0, abs=1e-15)


def test_with_smoothing_or_soft_targets_it_is_p_minus_y_still():
    truth = core.smooth_labels(0, 5, 0.1)
    expected = core.softmax(ROW) - truth
    np.testing.assert_allclose(core.cross_entropy_grad(ROW, truth), expected, atol=1e-15)
    np.testing.assert_allclose(
        core.cross_entropy_grad(ROW, 0, label_smoothing=0.1), expected, atol=1e-15
    )


# 08 label smoothing


def test_two_conventions_of_label_smoothing():
    four = core.smooth_labels(2, 4, 0.1)
    assert four == pytest.approx([0.025, 0.025, 0.925, 0.025], rel=1e-14)
    assert core.smooth_labels(0, 5, 0.1)[:2] == pytest.approx([0.92, 0.02], rel=1e-14)
    assert core.smooth_labels(0, 5, 0.1, "others")[:2] == pytest.approx([0.9, 0.025], rel=1e-14)


def test_smoothing_a_confident_prediction():
    logits = [5, 0.1, 0.1]
    assert core.cross_entropy(logits, 0) == pytest.approx(0.0148, **to(4))
    assert core.cross_entropy(logits, 0, label_smoothing=0.1) == pytest.approx(0.3415, **to(4))
    others = core.cross_entropy(logits, core.smooth_labels(0, 3, 0.1, "others"))
    assert others == pytest.approx(0.5048, **to(4))


def test_the_smoothed_loss_has_its_floor_at_a_finite_logit_gap():
    k, epsilon = 4, 0.1
    truth = core.smooth_labels(0, k, epsilon)
    gap = np.log(truth[0] / truth[1])

    def loss(z):
        return core.cross_entropy([z, 0, 0, 0], 0, label_smoothing=epsilon)

    assert loss(gap) == pytest.approx(core.entropy(truth), rel=1e-14)
    assert loss(gap + 0.5) > loss(gap) < loss(gap - 0.5)


# 09 imbalance


def test_a_weighted_mean_divides_by_the_sum_of_the_targets_weights():
    logits = [[2, 0.5, -1], [0.1, 1.5, 0.3], [-0.5, 0.2, 2]]
    losses = core.cross_entropy(logits, [0, 1, 2], reduction="none")
    assert losses == pytest.approx([0.241311, 0.436829, 0.221048], **to(6))
    assert core.cross_entropy(logits, [0, 1, 2]) == pytest.approx(0.299730, **to(6))
    weighted = core.cross_entropy(logits, [0, 1, 2], weight=[1, 3, 10])
    assert weighted == pytest.approx(0.268734, **to(6))
    assert weighted == pytest.approx(losses @ [1, 3, 10] / 14, rel=1e-14)


def test_focal_loss_with_gamma_0_is_cross_entropy():
    for gamma in (0.0, 1.0, 2.0, 5.0):
        p = core.softmax(ROW)[0]
        expected = -((1 - p) ** gamma) * np.log(p)
        assert core.focal_loss(ROW, 0, gamma=gamma) == pytest.approx(expected, rel=1e-13)


def test_accuracy_hides_what_balanced_accuracy_shows():
    for common, rare, balanced in [(0.98, 0.45, 0.715), (0.95, 0.72, 0.835)]:
        assert 0.9 * common + 0.1 * rare == pytest.approx(0.927, rel=1e-12)
        assert (common + rare) / 2 == pytest.approx(balanced, rel=1e-12)


# 10 stability


@pytest.mark.parametrize(
    ("dtype", "highest", "digits"),
    [("float16", 11.09, 2), ("float32", 88.72, 2), ("float64", 709.78, 2)],
)
def test_where_exp_overflows(dtype, highest, digits):
    assert np.log(float(np.finfo(dtype).max)) == pytest.approx(highest, **to(digits))


def test_float32_without_subtracting_the_maximum_gives_minus_infinity():
    logits = np.float32([100, 0])
    with np.errstate(over="ignore"):
        naive = logits - np.log(np.sum(np.exp(logits)))
    np.testing.assert_array_equal(naive, -np.inf)
    np.testing.assert_array_equal(core.log_softmax(logits), [0, -100])


@pytest.mark.parametrize(
    ("dtype", "not_yet", "gap"), [("float32", 103, 104), ("float64", 745, 746)]
)
def test_where_softmax_reaches_exactly_zero(dtype, not_yet, gap):
    assert core.softmax(np.array([not_yet, 0], dtype))[1] > 0
    assert core.softmax(np.array([gap, 0], dtype))[1] == 0
    assert core.cross_entropy(np.array([gap, 0], dtype), 1) == gap


def test_clipping_at_1e_12_caps_the_loss_and_the_true_value_is_1000():
    assert -np.log(1e-12) == pytest.approx(27.631, **to(3))
    assert core.cross_entropy([0.0, 1000.0], 0) == 1000.0
    np.testing.assert_array_equal(core.cross_entropy_grad([0.0, 1000.0], 0), [-1.0, 1.0])


# 11 double softmax


def ratio_of_norms(logits, target):
    once = np.linalg.norm(core.cross_entropy_grad(logits, target))
    return np.linalg.norm(core.double_softmax_cross_entropy_grad(logits, target)) / once


def test_softmax_before_the_loss_weakens_the_gradient():
    logits = [2, 1, 0.1]
    assert core.cross_entropy(logits, 0) == pytest.approx(0.41703, **to(5))
    assert core.double_softmax_cross_entropy(logits, 0) == pytest.approx(0.80212, **to(5))
    norm = np.linalg.norm(core.cross_entropy_grad(logits, 0))
    assert norm == pytest.approx(0.42985, **to(5))
    norm = np.linalg.norm(core.double_softmax_cross_entropy_grad(logits, 0))
    assert norm == pytest.approx(0.23771, **to(5))
    assert ratio_of_norms(logits, 0) == pytest.approx(0.553, **to(3))


def test_it_is_far_worse_when_confidently_wrong():
    assert ratio_of_norms([-5, 5, 0], 0) == pytest.approx(0.0024, **to(4))
    assert ratio_of_norms([-20, 20, 0], 0) == pytest.approx(7.5e-10, rel=0.01)


@pytest.mark.parametrize(("k", "lowest"), [(3, 0.5514), (10, 1.4612)])
def test_the_loss_is_confined_to_an_interval_of_length_one(k, lowest):
    best, worst = np.full(k, -50.0), np.zeros(k)
    best[0], worst[1] = 50.0, 50.0
    assert core.double_softmax_cross_entropy(best, 0) == pytest.approx(lowest, **to(4))
    assert core.double_softmax_cross_entropy(worst, 0) == pytest.approx(lowest + 1, **to(4))


# 12 batches


def test_ignored_rows_leave_numerator_and_denominator_and_nothing_left_is_nan():
    assert core.cross_entropy(BATCH, [0, -100, 1]) == pytest.approx(
        (0.537159 + 1.609438) / 2, abs=1e-6
    )
    assert np.isnan(core.cross_entropy(BATCH, [-100] * 3))


def test_float_targets_are_class_probabilities():
    assert core.cross_entropy(BATCH, core.one_hot([0, 2, 1], 5)) == pytest.approx(
        core.cross_entropy(BATCH, [0, 2, 1]), rel=1e-15
    )


# 15 language model


def test_perplexity_and_bits():
    assert core.perplexity(2.0) == pytest.approx(7.389, **to(3))
    assert core.to_bits(np.log(2)) == 1.0


def test_with_as_many_tokens_as_words_the_wrong_order_is_accepted_in_silence():
    rng = np.random.default_rng(0)
    logits, targets = rng.normal(size=(2, 4, 4)), rng.integers(0, 4, (2, 4))
    assert core.cross_entropy(logits, targets) != core.cross_entropy(
        logits.transpose(0, 2, 1), targets
    )


# 17 myths


def test_the_loss_is_logarithmic_not_exponential():
    assert np.log(0.01) / np.log(0.49) == pytest.approx(6.46, **to(2))


def test_51_percent_on_the_wrong_class_is_worse_than_a_coin_flip():
    assert core.binary_cross_entropy(0.51, 0) == pytest.approx(0.7133, **to(4))
    assert core.binary_cross_entropy(0.5, 0) == pytest.approx(0.6931, **to(4))


def test_the_gradients_minus_0_6_and_minus_0_3_are_against_different_things():
    assert core.mse_loss_grad(0.7, 1.0) == pytest.approx(-0.6, rel=1e-14)
    logits = np.log([0.7, 0.2, 0.1])
    assert core.cross_entropy_grad(logits, 0)[0] == pytest.approx(-0.3, rel=1e-13)


def test_the_true_class_can_have_a_positive_gradient_with_smoothing():
    k, epsilon = 3, 0.1
    edge = 1 - epsilon + epsilon / k
    above = np.log([edge + 0.01, *[(1 - edge - 0.01) / 2] * 2])
    assert core.cross_entropy_grad(above, 0, label_smoothing=epsilon)[0] > 0
    assert core.cross_entropy_grad([1000.0, 0.0], 0)[0] == 0


def test_cross_entropy_with_itself_is_not_zero():
    p = [0.5, 0.5]
    assert core.cross_entropy_of(p, p) == pytest.approx(np.log(2), rel=1e-15)
