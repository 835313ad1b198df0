"""A class's rooms: who may do what, what each page is told, and what a room never tells."""

import json

import pytest

from lrp_widgets._support.class_question import ClassQuestion, read_ask
from lrp_widgets.app import classroom as module
from lrp_widgets.app.classroom import ABSENT, MEMBERS, ROOMS, Classroom, Refused, read_question

QUESTION = ClassQuestion("Where does it end?", ("bias", "padding", "pixels"), 2)


class Everybody:
    """A kernel manager that knows every page."""

    def __contains__(self, page):
        return True


class Page:
    """What a connection does, and what its page was told last."""

    def __init__(self):
        self.news = 0
        self.why = None

    def changed(self):
        self.news += 1

    def ended(self, sentence):
        self.why = sentence


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the test moves: ``clock[0] += 5``."""
    now = [1000.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def rooms():
    return Classroom(Everybody())


@pytest.fixture
def room(rooms):
    room = rooms.open("teacher")
    room.connect(Page())
    return room


def come(room, page):
    """A page comes into a room: its name there, and its connection."""
    member, connection = room.enter(page), Page()
    room.connect(connection, member)
    return member, connection


# Codes


def test_a_code_can_be_read_aloud_and_is_not_guessed(rooms):
    codes = {rooms.open(f"page {i}").code for i in range(ROOMS)}
    assert len(codes) == ROOMS
    for code in codes:
        assert len(code) == 5
        assert not set(code) & set("AEIOUVLNSG0123456789")
    assert len(set(module._LETTERS)) ** 5 > 1_000_000


def test_a_page_opens_one_room_and_a_server_so_many(rooms):
    first = rooms.open("page 0")
    assert rooms.open("page 0") is first
    for i in range(1, ROOMS):
        rooms.open(f"page {i}")
    with pytest.raises(Refused, match=r"no free room"):
        rooms.open("one more")
    rooms.close(first)
    assert rooms.open("one more").code in rooms.rooms


def test_guessing_codes_ends_soon_and_begins_again_slowly(rooms, room, clock):
    for _ in range(module.GUESSES["at_once"] + 1):
        with pytest.raises(Refused, match=r"There is no room AAAAA"):
            rooms.join("guesser", "AAAAA")
    with pytest.raises(Refused, match=r"Too many wrong codes"):
        rooms.join("guesser", "AAAAA")
    with pytest.raises(Refused, match=r"Too many wrong codes"):
        rooms.join("guesser", room.code)
    assert rooms.join("another", room.code)[0] is room
    clock[0] += 30
    assert rooms.join("guesser", room.code)[0] is room


# Who may do what


def test_the_teacher_s_page_comes_back_by_its_secret_alone(rooms, room):
    assert rooms.resume("reloaded", room.code, room.token) is room
    for wrong in ("", "x", room.code, "\ud800", room.token[:-1]):
        with pytest.raises(Refused, match=r"There is no room"):
            rooms.resume("student", room.code, wrong)
    other = rooms.open("another teacher")
    with pytest.raises(Refused):
        rooms.resume("another teacher", room.code, other.token)


def test_a_page_has_one_place_and_keeps_it_when_it_is_loaded_anew(rooms, room):
    _, member = rooms.join("kernel 1", room.code)
    assert rooms.join("kernel 1", room.code, "of my own making") == (room, member)
    assert rooms.join("kernel 1", room.code, None) == (room, member)
    assert rooms.join("kernel 2", room.code, member) == (room, member)
    _, invented = rooms.join("kernel 3", room.code, "of my own making")
    assert invented not in (member, "of my own making")


def test_a_page_open_twice_is_ended_once(room):
    member, before = come(room, "kernel 1")
    now = Page()
    room.connect(now, member)
    assert (before.why, now.why) == ("This room is open in another window of yours.", None)
    room.disconnect(before, member)  # which comes late
    assert room.members == 1


def test_a_full_room_takes_the_place_of_one_who_has_left(room):
    members = [come(room, f"kernel {i}") for i in range(MEMBERS)]
    with pytest.raises(Refused, match=r"is full"):
        room.enter("one more")
    gone, connection = members[0]
    room.ask(QUESTION)
    room.answer(gone, 1, 0)
    room.disconnect(connection, gone)
    assert room.enter("one more") not in [name for name, _ in members]
    assert room.counts == [0, 0, 0]


# A question


def test_one_answer_a_page_until_it_is_revealed(room):
    (ann, _), (ben, _) = come(room, "ann"), come(room, "ben")
    room.ask(QUESTION)
    room.answer(ann, 1, 0)
    room.answer(ann, 1, 1)
    room.answer(ben, 1, 2)
    assert room.counts == [0, 1, 1]
    room.reveal()
    with pytest.raises(Refused, match=r"The answer is out"):
        room.answer(ann, 1, 2)
    assert room.counts == [0, 1, 1]


@pytest.mark.parametrize("choice", [-1, 3, 10**9])
def test_there_is_no_other_choice(room, choice):
    member, _ = come(room, "ann")
    room.ask(QUESTION)
    with pytest.raises(Refused, match=r"no such choice"):
        room.answer(member, 1, choice)


def test_an_answer_is_to_the_question_it_was_given_to(room):
    member, _ = come(room, "ann")
    with pytest.raises(Refused, match=r"is over"):
        room.answer(member, 0, 0)
    room.ask(QUESTION)
    room.ask(ClassQuestion("Another?", ("yes", "no")))
    with pytest.raises(Refused, match=r"is over"):
        room.answer(member, 1, 0)
    room.answer(member, 2, 0)
    assert room.counts == [1, 0]


def test_members_hear_counts_and_answer_only_once_they_are_revealed(room):
    (ann, _), (ben, _) = come(room, "ann"), come(room, "ben")
    room.show("picture=star")
    room.ask(QUESTION)
    room.answer(ben, 1, 2)
    told = room.for_member(ann)
    assert told["state"] == "picture=star"
    assert "counts" not in told and "answer" not in told["question"]
    assert told["question"]["mine"] is None
    assert room.for_member(ben)["question"]["mine"] == 2
    assert room.for_teacher()["counts"] == [0, 0, 1]
    room.reveal()
    told = room.for_member(ann)
    assert (told["counts"], told["question"]["answer"]) == ([0, 0, 1], 2)


def test_nobody_hears_who_answered_what(room):
    names = [come(room, f"kernel-{i}")[0] for i in range(3)]
    room.ask(QUESTION)
    for name in names:
        room.answer(name, 1, 0)
    room.reveal()
    told = json.dumps([room.for_teacher(), room.results()])
    assert not any(name in told for name in names)
    assert "kernel-" not in told
    assert room.token not in json.dumps(room.for_member(names[0]))
    assert names[1] not in json.dumps(room.for_member(names[0]))


def test_an_answer_is_news_for_the_teacher_and_its_own_page_only(room):
    (ann, page), (_, other) = come(room, "ann"), come(room, "ben")
    room.ask(QUESTION)
    before = page.news, other.news, room._teacher.news
    room.answer(ann, 1, 0)
    after = page.news, other.news, room._teacher.news
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 0, 1]


def test_the_counts_of_all_questions_are_kept_for_the_table(room):
    member, _ = come(room, "ann")
    room.ask(QUESTION)
    room.answer(member, 1, 1)
    room.put_away()
    room.ask(ClassQuestion("Another?", ("yes", "no")))
    assert room.results() == [
        {**QUESTION.asked, "answer": 2, "counts": [0, 1, 0]},
        {"text": "Another?", "choices": ["yes", "no"], "answer": None, "counts": [0, 0]},
    ]
    for _ in range(2 * module.KEPT):
        room.ask(QUESTION)
    assert len(room.results()) == module.KEPT + 1


def test_a_state_has_a_longest_length(room):
    with pytest.raises(Refused, match=r"too long an address"):
        room.show("x" * 5000)
    assert room.state == ""


# Ends


def test_a_room_waits_for_its_teacher_and_then_is_gone(rooms, room, clock):
    member, page = come(room, "ann")
    room.disconnect(room._teacher)
    assert room.for_member(member)["teacher"] is False
    clock[0] += ABSENT - 1
    assert rooms.resume("reloaded", room.code, room.token) is room
    clock[0] += 1
    rooms.close_deserted()
    assert page.why == f"The room {room.code} is closed."
    with pytest.raises(Refused, match=r"There is no room"):
        rooms.resume("reloaded", room.code, room.token)


def test_a_room_with_its_teacher_stays(rooms, room, clock):
    clock[0] += 100 * ABSENT
    rooms.close_deserted()
    assert room.code in rooms.rooms


# What is asked


@pytest.mark.parametrize(
    "asked",
    [
        {"text": "", "choices": ["a", "b"], "answer": None},
        {"text": "x" * 201, "choices": ["a", "b"], "answer": None},
        {"text": "?", "choices": ["a"], "answer": None},
        {"text": "?", "choices": list("abcdefg"), "answer": None},
        {"text": "?", "choices": ["a", " a\n"], "answer": None},
        {"text": "?", "choices": ["a", "x" * 81], "answer": None},
        {"text": "?", "choices": ["a", "\0"], "answer": None},
        {"text": "?", "choices": ["a", "b"], "answer": 2},
        {"text": "?", "choices": ["a", "b"], "answer": -1},
        {"text": "?", "choices": ["a", 1], "answer": None},
        {"text": "?", "choices": "ab", "answer": None},
        {"text": None, "choices": ["a", "b"], "answer": None},
        {"text": "?", "choices": ["a", "b"]},
        "?",
        None,
    ],
)
def test_what_is_no_question_is_refused_in_one_sentence(asked):
    with pytest.raises(Refused, match=r"^[A-Z].*\.$"):
        read_question(asked)


def test_a_question_is_one_line_of_plain_text():
    asked = {"text": " <b>Which</b>\n\tlayer\ud800? ", "choices": ["a\u2028b", "c"], "answer": 1}
    assert read_question(asked) == ClassQuestion("<b>Which</b> layer ?", ("a b", "c"), 1)
    assert read_ask("Which?|a| b ") == "Which?|a|b"
