"""Who may say what in a room, and who is told of it."""

import pytest
from tests.rooms.test_stores import run

from crossent.figures import FIGURES
from crossent.pages.course import Course
from crossent.rooms.memory import MemoryStore
from crossent.rooms.rooms import (
    LECTURER,
    MOST_KEPT,
    STUDENT,
    Page,
    Room,
    Rooms,
    merged,
    page_in,
)
from crossent.rooms.store import Entries, RoomError

PAGE = "figures/prediction-bars"
BARS = FIGURES["prediction-bars"].resolve({})[0]
PAGE_OF = Page({"prediction-bars": FIGURES["prediction-bars"]}, {"question-1": 3}, ("challenge-1",))


class Someone:
    """A member that keeps what it is told."""

    def __init__(self, name: str, role: str) -> None:
        self.name, self.role = name, role
        self.told: list[object] = []

    def tell(self, entries, frame):
        self.told.append(entries)

    def part(self, reason):
        self.told.append(reason)


def room_of(*members: Someone) -> Room:
    """A room with these in it."""
    room = Room("BBBBBB", PAGE_OF)
    room.members = {member.name: member for member in members}
    return room


LEADER, PUPIL = Someone("one", LECTURER), Someone("two", STUDENT)


@pytest.mark.parametrize(
    "message",
    [
        {"set": {"prediction-bars": BARS}},
        {"mode": "follow"},
        {"where": {"figure": "prediction-bars"}},
        {"blank": True},
        {"turn": 2},
        {"ask": "prediction-bars"},
        {"show": True},
        {"free": ["probs"]},
        {"keep": True},
        {"poll": None},
        {"state/prediction-bars": BARS},
        {"close": True},
        {"here": 500},
    ],
)
def test_a_student_can_send_nothing_but_answers(message):
    with pytest.raises(RoomError) as refused:
        room_of().written(PUPIL, message, 0)
    assert refused.value.reason == "message"


@pytest.mark.parametrize(
    "message",
    [
        {"set": {"logit-gradient": {}}},
        {"set": {"prediction-bars": 7}},
        {"set": [1]},
        {"mode": "sleep"},
        {"mode": ["follow"]},
        {"where": {"figure": "none"}},
        {"where": {"figure": ["prediction-bars"]}},
        {"where": {"figure": "prediction-bars", "step": "x" * 81}},
        {"where": {"figure": "prediction-bars", "more": 1}},
        {"blank": 1},
        {"turn": 0},
        {"turn": True},
        {"turn": 1.5},
        {"ask": "none"},
        {"show": 1},
        {"keep": 1},
        {"poll": "question-1"},
        {"poll": {"question": "question-9", "round": 1, "counts": None}},
        {"poll": {"question": ["question-1"], "round": 1, "counts": None}},
        {"poll": {"question": "question-1", "round": 3, "counts": None}},
        {"poll": {"question": "question-1", "round": True, "counts": None}},
        {"poll": {"question": "question-1", "round": 1}},
        {"poll": {"question": "question-1", "round": 1, "counts": [[1, 2]]}},
        {"poll": {"question": "question-1", "round": 1, "counts": [[1, 2, -1]]}},
        {"poll": {"question": "question-1", "round": 1, "counts": [[1, 2, 10**9]]}},
        {"poll": {"question": "question-1", "round": 2, "counts": [[1, 2, 3]]}},
        {"vote": {"question": "question-1", "round": 1, "choices": [0]}},
        {"goal": "challenge-1"},
        {"mark": {}},
        {"secret": 1},
    ],
)
def test_what_no_lecturer_s_page_sends_is_refused(message):
    with pytest.raises(RoomError) as refused:
        room_of().written(LEADER, message, -1)
    assert refused.value.reason == "message"


def test_a_state_is_checked_by_its_figure():
    room = room_of()
    for wrong in ({"target": 99}, {"probs": [2, -1]}, {"nonsense": 1}, {"probs": "x" * 500}):
        with pytest.raises(RoomError) as refused:
            room.written(LEADER, {"set": {"prediction-bars": wrong}}, -1)
        assert refused.value.reason == "state"


def test_a_state_is_what_was_told_and_what_has_changed():
    room = room_of()
    room.hear(room.written(LEADER, {"set": {"prediction-bars": BARS}}, -1), "one")
    entries = room.written(LEADER, {"set": {"prediction-bars": {"target": 1}}}, -1)
    assert entries == {"state/prediction-bars": BARS | {"target": 1}}


def test_a_mark_is_a_student_s_own_of_the_figure_that_is_asked_for():
    room = room_of()
    assert room.written(PUPIL, {"mark": {"target": 1}}, 3) == {}
    room.hear(room.written(LEADER, {"ask": "prediction-bars"}, -1), "one")
    entries = room.written(PUPIL, {"mark": {"target": 1}}, 3)
    assert set(entries) == {"mark/prediction-bars/3"}
    assert entries["mark/prediction-bars/3"]["target"] == 1


def test_no_text_of_a_student_is_taken_or_kept():
    room = room_of()
    room.hear({"ask": "prediction-bars"}, "one")
    with pytest.raises(RoomError):
        room.written(PUPIL, {"mark": {"classes": ["rude", "words", "x"]}}, 3)
    mark = room.written(PUPIL, {"mark": {"target": 1}}, 3)["mark/prediction-bars/3"]
    assert "classes" in BARS
    assert "classes" not in mark


def kinds(view: object) -> set[str]:
    """The kinds of a view's nodes."""
    inside = view.values() if isinstance(view, dict) else view if isinstance(view, list) else ()
    own = {view["kind"]} if isinstance(view, dict) and "kind" in view else set()
    return own.union(*map(kinds, inside))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_somewhere_to_mark_a_class_s_answers(name):
    """Bars, sliders and choices say where a state lies, and plots where they have handles."""
    assert kinds(FIGURES[name].spec("view")["view"]) & {"ClassBars", "Range", "Choice"}


@pytest.mark.parametrize("free", [[], ["none"], ["probs", "probs"], "probs", [["probs"]], {}])
def test_what_may_be_moved_is_some_of_the_figure_s_parameters(free):
    room = room_of()
    assert room.written(LEADER, {"free": free}, -1) == {}  # nobody is asked
    say(room, LEADER, {"ask": "prediction-bars"})
    with pytest.raises(RoomError):
        room.written(LEADER, {"free": free}, -1)


def test_of_an_answer_what_may_not_be_moved_is_as_the_lecturer_s_was():
    room = room_of()
    say(room, LEADER, {"set": {"prediction-bars": BARS | {"target": 2}}})
    say(room, LEADER, {"ask": "prediction-bars"})
    say(room, LEADER, {"free": ["probs"]})
    probs = [0.5, 0.25, 0.25]
    (mark,) = say(room, PUPIL, {"mark": {"target": 1, "probs": probs}}, 3).values()
    assert (mark["target"], mark["probs"]) == (2, probs)
    say(room, LEADER, {"ask": "prediction-bars"})  # anew, of the same
    assert room.entries["free"] == ["probs"]
    say(room, LEADER, {"ask": None})
    assert "free" not in room.entries


def test_a_picture_keeps_the_answers_that_go_and_no_student_is_told():
    room = room_of()
    assert say(room, LEADER, {"keep": True}) == {}
    say(room, LEADER, {"set": {"prediction-bars": BARS}})
    say(room, LEADER, {"ask": "prediction-bars"})
    say(room, PUPIL, {"mark": {"target": 1}}, 3)
    for _ in range(2):
        say(room, LEADER, {"keep": True, "ask": "prediction-bars"})
    first, second = (room.entries[f"kept/{n}"] for n in (1, 2))
    assert (first["figure"], first["state"]) == ("prediction-bars", BARS)
    assert first["answers"]["3"]["target"] == 1
    assert second["answers"] == {}
    assert not any(name.startswith("kept/") for name in room.board(STUDENT, 3))
    room.entries |= {f"kept/{n}": {} for n in range(3, MOST_KEPT + 1)}
    with pytest.raises(RoomError) as refused:
        room.written(LEADER, {"keep": True}, -1)
    assert refused.value.reason == "size"


def test_asking_again_takes_all_marks_away():
    room = room_of()
    room.hear({"ask": "prediction-bars", "mark/prediction-bars/3": {"target": 1}}, "one")
    room.hear(room.written(LEADER, {"ask": None}, -1), "one")
    assert room.entries == {}


def poll(number: int = 1, counts: list[list[int]] | None = None) -> dict[str, object]:
    return {"poll": {"question": "question-1", "round": number, "counts": counts}}


def say(room: Room, member: Someone, message: Entries, seat: int = -1) -> Entries:
    """What a message has written."""
    entries = room.written(member, message, seat)
    room.hear(entries, member.name)
    return entries


def vote(choices: object, number: object = 1) -> dict[str, object]:
    return {"vote": {"question": "question-1", "round": number, "choices": choices}}


def test_a_vote_counts_once_a_round_and_only_while_it_is_open():
    room = room_of()
    assert say(room, PUPIL, vote([1]), 3) == {}
    say(room, LEADER, poll())
    assert say(room, PUPIL, vote([2, 0]), 3) == {"vote/question-1/1/3": [0, 2]}
    assert say(room, PUPIL, vote([1]), 3) == {}
    say(room, LEADER, poll(2))
    assert say(room, PUPIL, vote([1], 1), 4) == {}  # on its way since the first round
    assert say(room, PUPIL, vote([1], 2), 3) == {"vote/question-1/2/3": [1]}
    say(room, LEADER, poll(2, [[1, 0, 1], [0, 1, 0]]))
    assert say(room, PUPIL, vote([1], 2), 4) == {}
    assert room.entries["vote/question-1/1/3"] == [0, 2]


CHOICES = [[], [3], [-1], [0, 0], [True], 1, "0", [0.0], [[0]], {"0": 1}]


@pytest.mark.parametrize("choices", CHOICES)
def test_a_vote_is_for_choices_that_there_are(choices):
    room = room_of()
    say(room, LEADER, poll())
    with pytest.raises(RoomError) as refused:
        room.written(PUPIL, vote(choices), 3)
    assert refused.value.reason == "message"


@pytest.mark.parametrize("given", [[1], vote([1], True)["vote"], {"choices": [1]}, "question-1"])
def test_a_vote_says_on_which_question_and_in_which_round(given):
    room = room_of()
    say(room, LEADER, poll())
    with pytest.raises(RoomError) as refused:
        room.written(PUPIL, {"vote": given}, 3)
    assert refused.value.reason == "message"


def test_who_comes_back_is_told_its_own_vote_and_answer_and_nobody_else_s():
    room = room_of()
    say(room, LEADER, poll() | {"ask": "prediction-bars"})
    for seat in (3, 13):
        say(room, PUPIL, vote([seat % 2]) | {"mark": {"target": 1}}, seat)
    told = room.board(STUDENT, 3)
    assert told["vote/question-1/1/3"] == [1]
    own = {name for name in told if "/" in name}
    assert own == {"vote/question-1/1/3", "mark/prediction-bars/3"}


def test_a_question_that_is_asked_again_begins_without_votes():
    room = room_of()
    say(room, LEADER, poll())
    say(room, PUPIL, vote([1]), 3)
    say(room, LEADER, poll())  # pressed twice: it is the same vote
    assert "vote/question-1/1/3" in room.entries
    say(room, LEADER, {"poll": None})
    say(room, LEADER, poll())
    assert "vote/question-1/1/3" not in room.entries


def test_a_challenge_is_reached_once():
    room = room_of()
    (name,) = say(room, PUPIL, {"goal": "challenge-1"}, 3)
    assert name == "goal/challenge-1/3"
    assert say(room, PUPIL, {"goal": "challenge-1"}, 3) == {}
    for wrong in ("challenge-2", None, ["challenge-1"]):
        with pytest.raises(RoomError):
            room.written(PUPIL, {"goal": wrong}, 3)


def test_students_see_one_another_s_marks_once_they_are_shown():
    pupil, leader = Someone("two", STUDENT), Someone("one", LECTURER)
    room = room_of(leader, pupil)
    first, second = "mark/prediction-bars/0", "mark/prediction-bars/1"
    room.hear({"ask": "prediction-bars"}, "one")
    room.hear({first: {"target": 1}}, "four")
    assert not room.board(STUDENT).keys() & {first, second}
    say(room, leader, {"show": True})
    room.hear({second: {"target": 0}}, "five")
    assert pupil.told[-2:] == [
        {"show": True, first: {"target": 1}},
        {second: {"target": 0}},
    ]
    assert room.board(STUDENT).keys() >= {first, second}
    say(room, leader, {"ask": "prediction-bars"})
    assert not room.board(STUDENT).keys() & {first, second, "show"}


def test_students_are_told_of_what_lecturers_say_and_of_no_one_else():
    leader, second = Someone("one", LECTURER), Someone("three", LECTURER)
    pupil = Someone("two", STUDENT)
    room = room_of(leader, second, pupil)
    room.hear({"mode": "follow"}, "one")
    room.hear({"mark/prediction-bars/0": {"target": 1}}, "two")
    room.hear({"here": 3}, "")
    assert leader.told == [{"mark/prediction-bars/0": {"target": 1}}, {"here": 3}]
    assert second.told == [{"mode": "follow"}, *leader.told]
    assert pupil.told == [{"mode": "follow"}]
    assert room.board(STUDENT) == {"mode": "follow"}
    assert room.board(LECTURER) == room.entries


def test_only_what_has_changed_of_a_state_is_told():
    pupil = Someone("two", STUDENT)
    room = room_of(pupil)
    name = "state/prediction-bars"
    for target in (0, 0, 1):
        room.hear({name: BARS | {"target": target}}, "one")
    assert pupil.told == [{name: BARS | {"target": 0}}, {name: {"target": 1}}]


def test_news_that_wait_are_told_together_the_newest_of_each():
    first = {"state/a": {"x": 1, "y": 1}, "mode": "follow"}
    second = {"state/a": {"x": 2}, "where": {"figure": "a"}}
    together = {"state/a": {"x": 2, "y": 1}, "mode": "follow", "where": {"figure": "a"}}
    assert merged(first, second) == together
    assert merged({"mark/a/1": {"x": 1}}, {"mark/a/1": None}) == {"mark/a/1": None}


def rooms() -> Rooms:
    return Rooms(MemoryStore(), Course())


def test_a_room_is_on_a_figure_s_or_a_lesson_s_page_and_on_no_other():
    course = Course()
    assert page_in(course, PAGE) == Page({"prediction-bars": FIGURES["prediction-bars"]})
    lesson = page_in(course, "surprise")
    assert lesson.figures
    assert lesson.questions["question-1"] > 1
    assert "challenge-1" in lesson.challenges
    for page in ("figures/none", "index", "", None, ["surprise"], "../surprise", "join"):
        with pytest.raises(RoomError) as refused:
            page_in(course, page)
        assert refused.value.reason == "page"


def test_the_secret_leads_and_nothing_else_does():
    async def visit():
        all_rooms = rooms()
        code, secret = await all_rooms.open(PAGE, "a")
        room = await all_rooms.enter(code, "a")
        await all_rooms.leads(room, secret, "a")
        assert secret not in str(room.about)
        for wrong in ("", code, None, secret[:-1], room.about["secret"]):
            with pytest.raises(RoomError):
                await all_rooms.leads(room, wrong, "a")

    run(visit())


def test_codes_cannot_be_tried_out():
    """Thousands of millions would have to be; who mistypes has some dozens."""

    async def visit():
        all_rooms = rooms()
        code, _ = await all_rooms.open(PAGE, "host")
        reasons = []
        for _ in range(100):
            with pytest.raises(RoomError) as refused:
                await all_rooms.page("BBBBBB" if code != "BBBBBB" else "CCCCCC", "guesser")
            reasons.append(refused.value.reason)
        with pytest.raises(RoomError) as right:
            await all_rooms.page(code, "guesser")
        return reasons, right.value.reason, await all_rooms.page(code, "another")

    reasons, right, (_, about) = run(visit())
    assert 55 <= reasons.count("none") <= 70
    assert reasons[-1] == right == "often"
    assert about["page"] == PAGE


def test_one_address_cannot_open_all_rooms():
    async def visit():
        all_rooms = rooms()
        reasons = []
        for _ in range(30):
            try:
                await all_rooms.open(PAGE, "a")
            except RoomError as refused:
                reasons.append(refused.reason)
        await all_rooms.open(PAGE, "b")
        return reasons

    reasons = run(visit())
    assert set(reasons) == {"often"}
    assert 19 <= len(reasons) <= 20


def test_a_room_that_nobody_holds_here_is_forgotten_here_and_lives_on():
    async def visit():
        all_rooms = rooms()
        code, _ = await all_rooms.open(PAGE, "a")
        room = await all_rooms.enter(code, "a")
        again = await all_rooms.enter(code, "a")
        assert room is again
        await all_rooms.leave(room, PUPIL, None)
        assert code in all_rooms.known
        await all_rooms.leave(room, LEADER, None)
        assert all_rooms.known == {}
        return (await all_rooms.enter(code, "a")).entries

    assert run(visit()) == {"mode": "explore"}


class LateStore(MemoryStore):
    """A store whose boards are overtaken by the news on their way."""

    async def read(self, code):
        board = await super().read(code)
        if self.rooms[code].hearing:
            await self.publish(code, {"where": None, "mode": "pause"})
        return board


def test_what_is_taken_away_while_a_room_s_board_is_read_does_not_come_back():
    async def visit():
        all_rooms = Rooms(LateStore(), Course())
        code, _ = await all_rooms.open(PAGE, "a")
        await all_rooms.store.publish(code, {"where": {"figure": "prediction-bars"}, "show": True})
        return (await all_rooms.enter(code, "a")).entries

    assert run(visit()) == {"mode": "pause", "show": True}
