"""The page's part in a class without a browser: its address, what it follows, what it can ask."""

import pytest
from fake_explaining import Recorder

from lrp_widgets._support.class_question import ClassQuestion
from lrp_widgets.lrp.conservation_warning import causes, reached
from lrp_widgets.widgets.classroom.suggestions import suggestions
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.dashboard.embedded import LookCloser
from lrp_widgets.widgets.settings.url_state import read, write

ASK = "ask=Where+does+it+end%3F%7Cbias%7Cpadding"


@pytest.fixture
def make():
    def make(query):
        page = Dashboard(f"network=mini-vgg&picture=star&{query}", Recorder().session())
        assert page.wait(30)
        return page

    return make


def follow(page, query, number=1):
    """What the browser sends when the teacher's page shows something else."""
    page.classroom._handle_custom_msg({"type": "follow", "query": query, "number": number}, [])
    assert page.wait(30)


def test_a_question_travels_in_the_address(make):
    page = make(f"{ASK}&answer=2")
    asked = {"text": "Where does it end?", "choices": ["bias", "padding"], "answer": 1}
    assert page.classroom.asked == asked
    assert "answer=2" in page.header.query and "ask=Where" in page.header.query
    assert make(ASK).classroom.asked == {**asked, "answer": None}
    assert make("answer=2").classroom.asked == {}
    assert make(f"{ASK}&answer=3").classroom.asked["answer"] is None


@pytest.mark.parametrize(
    "query",
    [
        "ask=",
        "ask=only+a+question",
        "ask=one%7Cchoice",
        "ask=same%7Ca%7Ca",
        "ask=%7Ca%7Cb",
        f"ask={'x' * 201}%7Ca%7Cb",
        f"ask=many{'%7Ca' * 7}",
        "answer=7",
        "answer=-1",
        "room=ABC",
        "room=ABCDEF",
        "room=AB%00DE",
        "room=12345",
    ],
)
def test_what_cannot_be_asked_is_told_in_one_sentence(query):
    state, (note,) = read(query, (), ())
    assert (state.ask, state.answer, state.room) == (None, 0, None)
    assert note.startswith(f"The address sets {query.split('=')[0]} to “")


def test_a_room_s_code_is_read_in_small_letters_too():
    state, notes = read("room=bcdfh", (), ())
    assert (state.room, notes) == ("BCDFH", [])
    assert write(state) == "room=BCDFH"


def test_the_address_names_the_room_that_the_page_is_in(make):
    page = make("")
    page.classroom.set_state({"room": "BCDFH"})
    assert "room=BCDFH" in page.header.query
    page.classroom.set_state({"room": ""})
    assert "room" not in page.header.query


def test_following_comes_to_the_teacher_s_state_and_keeps_what_is_the_page_s_own(make):
    page = make(f"room=BCDFH&lock=1&{ASK}")
    entries = page.header.entries
    follow(page, "network=mini-vgg&picture=ring&layer=conv&pooling=max&room=XXXXX&hide=network")
    assert page.classroom.followed == 1
    state = page.state
    assert (state.picture, state.layer, state.pooling) == ("ring", "conv", "max")
    assert (state.room, state.lock, state.hide) == ("BCDFH", True, ())
    assert state.ask.startswith("Where")
    assert page.header.entries == entries  # Back leads to what the visitor did


def test_the_teacher_s_own_picture_cannot_travel(make):
    page = make("room=BCDFH")
    follow(page, "network=mini-vgg&picture=yours-0123abcd")
    assert any("cannot travel" in note for note in page.stepper.notes)
    assert page.state.picture == "star"


@pytest.mark.parametrize("query", ["", "?", "%ff=%ff", "picture=none", "x" * 4000, "unit=a:1"])
def test_whatever_a_teacher_s_page_says_the_page_answers(make, query):
    page = make("room=BCDFH")
    follow(page, query)
    assert page.stepper.layers and not page.stepper.stale


def test_a_dashboard_in_a_lesson_has_no_class():
    page = LookCloser("network=mini-vgg&picture=star", Recorder().session())
    assert page.wait(30)
    assert page.classroom not in page.children and len(page.children) == 1


# Questions about what is on the screen


def test_questions_are_made_once_the_card_is_open(make):
    page = make("")
    assert page.classroom.suggestions == []
    page.classroom.set_state({"is_open": True})
    assert page.classroom.suggestions == suggestions(page.stepper.explanation)


def lossy(network):
    from lrp_widgets import explain, load_image

    return explain(network, load_image("star", network), rules="epsilon-plus", start="logit")


def test_suggested_questions_can_be_asked_and_their_answers_are_the_ledger_s(network, e):
    for each in (e, lossy(network)):
        found = {one["text"]: one for one in suggestions(each)}
        for one in found.values():
            ClassQuestion(one["text"], tuple(one["choices"]), one["answer"])
        chosen = found["Which class does the network choose?"]
        assert chosen["choices"][chosen["answer"]] == each.prediction[0][0]
        share = found["How much of the initial relevance reaches the pixels?"]["answer"]
        low, high = [(0, 0.5), (0.5, 0.98), (0.98, 1.02), (1.02, 1e9)][share]
        assert low <= reached(each) <= high
        if layer := found.get("Which layer absorbs most relevance?"):
            most = max(each.layers, key=lambda one: sum(map(abs, one.absorbed.values())))
            assert layer["choices"][layer["answer"]] == most.name
        if cause := found.get("What absorbs most relevance, all layers together?"):
            most = max(causes(each), key=lambda one: abs(one.value))
            words = {"bias": "the bias", "padding": "the padding", "dead": "dead units"}
            assert cause["choices"][cause["answer"]] == words.get(most.entry, most.entry)


def test_where_nothing_is_lost_nobody_is_asked_what_absorbs_it(e):
    assert not any("absorbs" in one["text"] for one in suggestions(e))
