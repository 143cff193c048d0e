"""What ends a command, and what it does not disturb."""

import signal
from collections.abc import Iterator

import pytest

from crossent.endings import SIGNALS, Ended, end_at_once, endings, undisturbed


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    """Signals as a shell hands them over, and afterwards as they were here."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_that_ends_a_command_raises_and_says_its_status(number: signal.Signals) -> None:
    with pytest.raises(Ended) as caught, endings():
        signal.raise_signal(number)
    assert caught.value.status == 128 + number


def cleared_away(done: list[str]) -> None:
    """Is ended, and again while it clears away."""
    with endings():
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)
            done.append("cleared")


def test_what_is_cleared_away_is_not_disturbed_by_a_second_signal() -> None:
    done: list[str] = []
    with pytest.raises(Ended):
        cleared_away(done)
    assert done == ["cleared"]


def test_a_signal_that_is_to_be_ignored_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with endings():
        signal.raise_signal(signal.SIGHUP)
        end_at_once()
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_signals_are_what_they_were_afterwards() -> None:
    with endings(), undisturbed():
        pass
    assert {signal.getsignal(number) for number in SIGNALS} == {signal.SIG_DFL}


def failed(done: list[str]) -> None:
    """Is ended while it may not be disturbed, and fails."""
    with endings(), undisturbed():
        signal.raise_signal(signal.SIGHUP)
        done.append("more")
        raise OSError


def test_what_was_held_back_comes_afterwards_though_something_failed() -> None:
    done: list[str] = []
    with pytest.raises(Ended) as caught:
        failed(done)
    assert done == ["more"]
    assert isinstance(caught.value.__context__, OSError)
