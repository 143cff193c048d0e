"""The next token: what each character costs, the means, padding, and the order of the axes."""

import math

import numpy as np
import pytest
import torch

from crossent.datasets import alice
from crossent.figures.next_token import LENGTH, NextToken, scored

LINE = "Alice was beginning to get very tired"
MODELS = ["uniform", "unigram", "bigram", "trigram", "pieces"]


def columns(**given):
    state, problems = NextToken.resolve(given)
    assert not problems
    return NextToken.columns(state)


def shown(**given):
    return {name: float(value) for name, value in columns(**given)["readout"].items()}


def test_a_probability_is_the_count_with_k_added():
    text = (alice.LETTERS.index("q"), alice.LETTERS.index("u"))
    counts = alice.counts(1)[text[0]]
    found = shown(text="qu", token=1, smoothing=2.0)
    assert found["p"] == pytest.approx((counts[text[1]] + 2) / (counts.sum() + 2 * 32), rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_the_loss_is_torchs_with_the_class_axis_second(model):
    logits, targets = (
        torch.tensor(a)[None] for a in scored("Curiouser and curiouser! 1865", model)
    )
    loss = torch.nn.functional.cross_entropy(logits.transpose(1, 2), targets).item()
    found = shown(text="Curiouser and curiouser! 1865", model=model)
    assert found["loss"] == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("model", MODELS)
def test_every_row_of_logits_is_a_distribution(model):
    logits, _ = scored(LINE, model, padding=3)
    assert np.exp(logits).sum(1) == pytest.approx(np.ones(len(logits)), abs=1e-12)


def test_the_uniform_model_has_perplexity_v_and_costs_log_v():
    found = shown(text=LINE, model="uniform")
    assert found["perplexity"] == pytest.approx(32, rel=1e-12)
    assert found["loss"] == pytest.approx(math.log(32), rel=1e-12)
    assert found["bits_token"] == pytest.approx(5, rel=1e-12)


def test_the_mean_is_the_sum_divided_by_the_tokens():
    found = shown(text=LINE)
    assert found["count"] == len(LINE)
    assert found["sum"] / found["count"] == pytest.approx(found["loss"], rel=1e-15)
    assert found["perplexity"] == pytest.approx(math.exp(found["loss"]), rel=1e-15)


def test_pieces_have_the_higher_perplexity_and_cost_fewer_bits_a_character():
    characters, pieces = shown(text=LINE), shown(text=LINE, model="pieces")
    assert pieces["perplexity"] > characters["perplexity"]
    assert pieces["bits_character"] < characters["bits_character"]
    assert characters["bits_character"] == pytest.approx(characters["bits_token"], rel=1e-12)
    assert pieces["bits_token"] * pieces["tokens"] == pytest.approx(
        pieces["bits_character"] * len(LINE), rel=1e-12
    )


def test_pieces_read_back_are_the_text():
    tokens = columns(text=LINE, model="pieces")["tokens"]["token"]
    names = alice.names()
    assert "".join(names[t] for t in tokens if t >= 0) == LINE.lower()


# -- what the lesson says of its lines and no readout shows --


def test_a_words_first_letter_costs_4_06_bits_and_all_else_3_14():
    bits = columns(text=LINE)["tokens"]["bits"][: len(LINE)]
    first = np.array([place == 0 or LINE[place - 1] == " " for place in range(len(LINE))])
    assert f"{bits[first].mean():.2f}" == "4.06"
    assert f"{bits[~first].mean():.2f}" == "3.14"


def test_the_dearest_letter_is_the_second_n_of_beginning():
    assert shown(text=LINE)["costliest"] == LINE.index("nn") + 1
    n = alice.LETTERS.index("n")
    followed = alice.counts(1)[n]
    assert (followed.sum(), followed[n]) == (559, 3)


def test_the_line_is_122_6_bits_in_characters_and_95_6_in_pieces():
    for model, tokens, bits in (("bigram", 37, "122.6"), ("pieces", 25, "95.6")):
        found = shown(text=LINE, model=model)
        assert (found["tokens"], f"{found['sum_bits']:.1f}") == (tokens, bits)


def test_one_token_lifts_a_mean_of_1_797_to_2_nats_and_a_perplexity_of_6_031_to_7_389():
    sentence = {"text": "Alice and the cat were there.", "token": 10}
    found = shown(**sentence)
    assert f"{found['loss']:.3f} {found['count']:.0f}" == "1.797 29"
    assert f"{found['perplexity']:.3f}" == "6.031"
    missing = 2.0 - found["loss"]
    assert f"{missing:.3f}" == "0.203"
    lifted = shown(**sentence, override=found["p"] * math.exp(-found["count"] * missing))
    assert lifted["loss"] == pytest.approx(2.0, rel=1e-12)
    assert f"{lifted['perplexity']:.3f}" == "7.389"


def test_ignored_padding_changes_nothing_and_counted_padding_does():
    plain = shown(text=LINE)["loss"]
    assert shown(text=LINE, padding=12)["loss"] == plain
    assert shown(text=LINE, padding=12, ignored=False)["loss"] > plain + 0.5


def test_padding_that_cost_nothing_would_dilute_the_mean():
    found = shown(text=LINE, padding=12, ignored=False)
    own = shown(text=LINE)
    assert found["diluted"] == pytest.approx(own["sum"] / (len(LINE) + 12), rel=1e-12)


def test_the_selected_tokens_probability_moves_the_mean_by_its_share():
    own = shown(text=LINE, token=4)
    moved = shown(text=LINE, token=4, override=0.5)
    assert moved["p"] == 0.5
    share = (math.log(own["p"]) - math.log(0.5)) / len(LINE)
    assert moved["loss"] - own["loss"] == pytest.approx(share, abs=1e-12)


def test_what_is_set_by_hand_leaves_the_other_guesses_in_proportion():
    own, moved = (columns(text=LINE, token=4, override=p)["guesses"] for p in (0, 0.001))
    target = shown(text=LINE, token=4)["target"]
    ratios = [
        dict(zip(moved["token"], moved["prob"], strict=True))[t] / p
        for t, p in zip(own["token"], own["prob"], strict=True)
        if t != target and t in moved["token"]
    ]
    assert ratios == pytest.approx([ratios[0]] * len(ratios), rel=1e-12)


def test_cost_and_probability_are_one_handle():
    state = NextToken.resolve({"text": LINE, "token": 3})[0]
    assert NextToken.edited(state, "cost", 0, 3.0)["override"] == 0.125
    assert NextToken.edited(state, "prob", 0, 0.0)["override"] == 1e-6
    by_hand = NextToken.edited(state, "cost", 0, 3.0)
    assert NextToken.edited(by_hand, "release", 0, 1.0) == state


@pytest.mark.parametrize("model", ["bigram", "pieces"])
@pytest.mark.parametrize("given", [{}, {"token": 2, "override": 0.3}, {"ignored": True}])
def test_with_t_equal_to_v_the_wrong_order_gives_torchs_wrong_number(model, given):
    size = 32 if model == "bigram" else 64
    text = "x" * (size - 3)
    entries = {"text": text, "model": model, "padding": 3, "ignored": False, **given}
    found = shown(**entries)
    assert found["length"] == found["vocabulary"] == size
    state = NextToken.resolve(entries)[0]
    names = ("text", "model", "smoothing", "padding", "ignored", "token", "override")
    logits, targets = (torch.tensor(a)[None] for a in scored(*(state[n] for n in names)))
    assert found["turned"] == pytest.approx(
        torch.nn.functional.cross_entropy(logits, targets).item(), rel=1e-12
    )
    assert found["turned"] != pytest.approx(found["loss"], abs=1e-3)


def test_with_another_length_torch_refuses_in_the_words_that_are_shown():
    logits, targets = (torch.tensor(a)[None] for a in scored(LINE))
    with pytest.raises(RuntimeError, match=r"Expected target size \[1, 32\], got \[1, 37\]"):
        torch.nn.functional.cross_entropy(logits, targets)
    assert math.isnan(shown(text=LINE)["turned"])


def test_nothing_typed_is_said_and_is_no_number():
    found = shown(text="")
    assert found["nothing"] == 1
    assert math.isnan(found["loss"])


def test_characters_outside_the_vocabulary_become_the_unknown_token():
    tokens = columns(text="Été 7")["tokens"]["token"][:5]
    assert tokens.tolist() == [alice.UNKNOWN, 19, alice.UNKNOWN, 26, alice.UNKNOWN]
    assert shown(text="Été 7")["unknown"] == 3


def test_a_text_of_200_characters_is_scored_and_one_more_is_refused():
    assert shown(text="a" * LENGTH)["tokens"] == LENGTH
    problems = NextToken.resolve({"text": "a" * (LENGTH + 1)})[1]
    assert problems == ["text must be text of at most 200 characters; got 201"]


def test_the_costliest_token_is_the_one_with_the_least_probability():
    found = columns(text=LINE)
    assert found["readout"]["costliest"] == np.argmax(found["tokens"]["bits"])
