"""A teacher's page and students' pages of one server: ask, answer, reveal, follow, let go."""

import os
import re
import signal
from urllib.parse import parse_qs, urlsplit

import pytest
from dashboard_page import PATIENCE, wait_for_query, wait_for_result
from processes import free_port, serve_process
from test_accessible_browser import violations
from test_whole_page_browser import CHECK, resize
from views import settle

from lrp_widgets._support.paths import folder

pytestmark = pytest.mark.browser

SIZES = [(390, 844), (1280, 720), (1920, 1080)]
MARK = "<img src=x onerror='window.broken=1'>"
ASK = "ask=Where+does+it+end%3F%7Cbias%7Cpadding&answer=2"


@pytest.fixture(scope="module")
def url(voila_server):
    return voila_server(folder("notebooks") / "dashboard.ipynb")


def come(page, address):
    page.goto(address)
    page.locator(".lrp-frames canvas").first.wait_for(state="attached", timeout=PATIENCE)
    return page


def open_room(page):
    """Open a room on a page, and return its code."""
    page.get_by_role("button", name="Class", exact=True).click()
    page.get_by_role("button", name="Open a room").click()
    return code_of(page)


def code_of(page, before=None):
    """The code of a room, once the server has told it: another one than `before`."""
    code = page.locator(".lrp-class-code", has_text=re.compile(r"\w"), has_not_text=before)
    return code.inner_text()


def ask(teacher, text, *choices, right=None):
    teacher.get_by_role("textbox", name="Question").fill(text)
    for letter, choice in zip("ABCDEF", choices, strict=False):
        teacher.get_by_label(f"Choice {letter}", exact=True).fill(choice)
    if right:
        teacher.get_by_label(f"{right} is right").check()
    teacher.get_by_role("button", name="Ask", exact=True).click()


def choice(page, letter):
    return page.get_by_role("button", name=re.compile(f"^{letter} "))


def bars(page):
    return page.locator(".lrp-class-count").all_inner_texts()


def wait_for_bars(page, *texts):
    page.wait_for_function(
        """(texts) => JSON.stringify(texts) === JSON.stringify(
          [...document.querySelectorAll(".lrp-class-count")].map((one) => one.textContent))""",
        arg=list(texts),
        timeout=PATIENCE,
    )


def is_covered(page):
    return not page.locator(".lrp-stepper").is_visible()


def faults(page):
    """What cannot be read or reached, and what axe finds, at each size."""
    found = {}
    for width, height in SIZES:
        resize(page, width, height)
        settle(page)
        if sentences := page.evaluate(CHECK, {"touch": width < 1000}):
            found[width] = sentences
        if broken := violations(page):
            found[f"axe {width}"] = broken
    return found


def test_a_lesson_with_two_students(tmp_path, new_page):
    port = free_port()
    notebook = folder("notebooks") / "dashboard.ipynb"
    with serve_process(tmp_path, notebook, port=port, open_browser=False) as server:
        assert f":{port}/" in server.stdout.readline()
        url = f"http://127.0.0.1:{port}/"
        teacher = come(new_page(1920, 1080), f"{url}?network=mini-vgg&picture=star")
        code = open_room(teacher)
        ann = come(new_page(390, 844), f"{url}?room={code}")
        ben = come(new_page(), url)
        ben.get_by_role("button", name="Class", exact=True).click()
        ben.get_by_label("The room's code").fill(code.lower())
        ben.get_by_role("button", name="Join").click()
        for student in (ann, ben):
            student.get_by_text("Following the teacher").first.wait_for()
        teacher.get_by_text("2 pages are here").first.wait_for()
        wait_for_query(ben, room=code)

        # Predict first: nobody sees a map, and nobody else's answer.
        ask(teacher, f"Where {MARK}?", "on the edge", MARK, "outside", right="A")
        for student in (ann, ben):
            choice(student, "A").wait_for()
            assert is_covered(student)
        assert is_covered(teacher)
        wait_for_bars(teacher, "0", "0", "0")
        choice(ann, "A").click()
        wait_for_bars(teacher, "1 · 100 %", "0 · 0 %", "0 · 0 %")
        choice(ben, "C").click()
        wait_for_bars(teacher, "1 · 50 %", "0 · 0 %", "1 · 50 %")
        teacher.get_by_text("2 of 2 have answered").first.wait_for()
        for student in (ann, ben):
            student.locator(".lrp-stepper").wait_for()
        ben.get_by_text("You said C, “outside”.").first.wait_for()
        ben.get_by_role("button", name="Question").click()
        assert bars(ben) == ["", "", ""]  # not before the teacher reveals them
        choice(ben, "A").click()
        wait_for_bars(teacher, "2 · 100 %", "0 · 0 %", "0 · 0 %")
        teacher.get_by_role("button", name="Reveal").click()
        wait_for_bars(teacher, "2 · 100 % · right", "0 · 0 %", "0 · 0 %")
        ann.get_by_text("that is right: 2 of 2 said so").first.wait_for()
        with teacher.expect_download() as download:
            teacher.get_by_role("button", name="Counts as CSV").click()
        table = download.value.path().read_text("utf-8").splitlines()
        assert table[1] == f"1,Where {MARK}?,A,on the edge,1,2"
        assert not any(page.evaluate("window.broken") for page in (teacher, ann, ben))

        # Follow, let go by a change of one's own, follow again.
        teacher.get_by_role("button", name="To the map").click()
        wait_for_result(teacher)
        teacher.keyboard.press("Home")
        layer = parse_qs(urlsplit(teacher.url).query).get("layer")
        teacher.keyboard.press("ArrowRight")
        wait_for_query(teacher, layer="fc1")
        for student in (ann, ben):
            wait_for_query(student, layer="fc1")
        teacher.get_by_role("button", name="winner-take-all").click()
        wait_for_query(ann, pooling="max")
        wait_for_query(ben, pooling="max")
        wait_for_result(ben)
        ben.keyboard.press("ArrowRight")
        ben.get_by_text("Not following the teacher").first.wait_for()
        ben.wait_for_function(
            """() => new URLSearchParams(location.search).get("layer") !== "fc1" """,
            timeout=PATIENCE,
        )
        own = parse_qs(urlsplit(ben.url).query).get("layer")
        assert own != layer
        ann.get_by_role("button", name="Let go").click()
        teacher.keyboard.press("End")
        teacher.keyboard.press("ArrowLeft")
        wait_for_query(teacher, layer="block1_conv1")
        ann.get_by_role("button", name="Follow again").click()
        wait_for_query(ann, layer="block1_conv1")
        assert parse_qs(urlsplit(ben.url).query).get("layer") == own
        ben.get_by_role("button", name="Follow again").click()
        wait_for_query(ben, layer="block1_conv1")

        # A reload comes back to the room, with the answer, and so does the teacher's page.
        come(ann, ann.url)
        ann.get_by_text("that is right: 2 of 2 said so").first.wait_for()
        come(teacher, teacher.url)
        teacher.get_by_text(f"Room {code}").first.wait_for()
        wait_for_query(ann, layer="block1_conv1")

        # The room ends, and pages go on; the server ends, and pages say so.
        teacher.get_by_role("button", name="Class", exact=True).first.click()
        teacher.get_by_role("button", name="Next question").click()
        teacher.get_by_role("button", name="Close the room").click()
        for student in (ann, ben):
            student.get_by_text(f"The room {code} is closed.").first.wait_for()
            wait_for_query(student, room=None)
        ben.keyboard.press("Home")
        wait_for_query(ben, layer="predictions")
        assert [page.problems for page in (teacher, ann, ben)] == [[], [], []]
        teacher.get_by_role("button", name="Open a room").click()
        code = code_of(teacher, before=code)
        come(ann, f"{url}?room={code}")
        ann.get_by_text("Following the teacher").first.wait_for()
        os.kill(server.pid, signal.SIGKILL)
        ann.get_by_text("No connection to the room").first.wait_for()
        teacher.get_by_text("No connection to the room").first.wait_for(state="attached")


def test_a_question_in_a_link_is_predicted_before_the_map_is_shown(url, page):
    page.goto(f"{url}?network=mini-vgg&picture=star&{ASK}")
    choice(page, "A").wait_for()
    assert is_covered(page)
    choice(page, "A").click()
    wait_for_result(page)
    page.get_by_text("You said A, “bias”.").first.wait_for()
    page.reload()
    wait_for_result(page)  # it has been predicted
    page.get_by_role("button", name="Question").click()
    page.get_by_role("button", name="Reveal").click()
    page.get_by_text("Right is B, “padding”. You said A, “bias”.").first.wait_for()
    page.keyboard.press("Escape")
    wait_for_result(page)
    assert page.problems == []


def test_what_covers_the_map_can_be_taken_off_without_a_prediction(url, page):
    page.goto(f"{url}?network=mini-vgg&picture=star&{ASK}")
    page.get_by_role("button", name="Show anyway").click()
    wait_for_result(page)


def test_a_room_that_is_no_more_is_told_and_the_page_works(url, page):
    come(page, f"{url}?network=mini-vgg&picture=star&room=BBBBB")
    page.get_by_text("There is no room BBBBB on this server.").first.wait_for()
    wait_for_result(page)
    wait_for_query(page, room=None, picture="star")
    page.get_by_role("button", name="OK").click()
    assert not page.locator(".lrp-class-strip").is_visible()


def test_every_part_is_whole_and_accessible_at_every_size(url, new_page):
    teacher = come(new_page(), f"{url}?network=mini-vgg&picture=star")
    teacher.get_by_role("button", name="Class", exact=True).click()
    teacher.get_by_role("button", name="Open a room").wait_for()
    found = {"lobby": faults(teacher)}
    teacher.get_by_role("button", name="Open a room").click()
    code = code_of(teacher)
    teacher.locator(".lrp-class-ready button").first.wait_for()
    found["form"] = faults(teacher)
    student = come(new_page(), f"{url}?room={code}")
    student.get_by_text("Following the teacher").first.wait_for()
    ask(teacher, "Which of these is it? " * 6, "a" * 79, "a choice of some words " * 3, "no")
    choice(student, "A").wait_for()
    found["asked"] = faults(student)
    choice(student, "A").click()
    wait_for_bars(teacher, "1 · 100 %", "0 · 0 %", "0 · 0 %")
    found["bars"] = faults(teacher)
    found["followed"] = faults(student)
    teacher.get_by_role("button", name="To the map").click()
    found["taught"] = faults(teacher)
    assert found == {name: {} for name in found}


def test_from_the_back_row(url, new_page):
    """A projector's letters: a hundredth of the picture's height is read from afar."""
    teacher = come(new_page(1920, 1080), f"{url}?network=mini-vgg&picture=star")
    open_room(teacher)

    def size(selector):
        return teacher.locator(selector).first.evaluate(
            "(node) => parseFloat(getComputedStyle(node).fontSize)"
        )

    assert size(".lrp-class-code") >= 96
    ask(teacher, "Which layer?", "fc1", "conv1")
    wait_for_bars(teacher, "0", "0")
    assert size(".lrp-class-question h2") >= 40
    assert size(".lrp-class-choice") >= 28
    assert size(".lrp-class-count") >= 28
    assert size(".lrp-class-code") >= 38
    teacher.emulate_media(media="print")
    assert teacher.get_by_text("Which layer?").first.is_visible()
    assert not teacher.get_by_role("button", name="Reveal").is_visible()
    assert not teacher.locator(".lrp-title-bar").is_visible()
