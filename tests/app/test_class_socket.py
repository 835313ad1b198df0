"""The class's websocket on a real server: a class at work, and a hostile visitor of it."""

import json
import re
import time
import urllib.request
from contextlib import suppress

import pytest
import websocket
from processes import write_notebook

from lrp_widgets.app import classroom_socket
from lrp_widgets.app.classroom import GUESSES

PATIENCE = 90  # seconds
ASKED = {"text": "Where does it end?", "choices": ["bias", "padding"], "answer": 1}


class Page:
    """A page without a browser: it has a kernel, and a connection to its server's rooms."""

    def __init__(self, url):
        self.url = url
        with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
            self.kernel = re.search(r'"kernelId": "([\w-]+)"', text := reply.read().decode())[1]
        assert '"classroom": true' in text
        urllib.request.urlopen(f"{self.base}voila/api/pulse/{self.kernel}").close()
        self.socket = self.connect()

    @property
    def base(self):
        return self.url.split("voila/render")[0]

    def connect(self, kernel=None, **options):
        address = f"{self.base}voila/api/class/{kernel or self.kernel}".replace("http", "ws", 1)
        return websocket.create_connection(address, timeout=PATIENCE, **options)

    def say(self, **words):
        self.socket.send(json.dumps(words))

    def hear(self, until=lambda told: True):
        """What is told until it is what was waited for; news may come in one or in several."""
        deadline = time.monotonic() + PATIENCE  # pings put off the socket's own
        while time.monotonic() < deadline:
            told = json.loads(self.socket.recv())
            if until(told):
                return told
        raise TimeoutError

    def refused(self, **words):
        self.say(**words)
        return self.hear(lambda told: "refused" in told)["refused"]

    def room(self, until):
        return self.hear(lambda told: "room" in told and until(told["room"]))["room"]


@pytest.fixture(scope="module")
def url(voila_server, tmp_path_factory):
    """A small page's address on a server that anybody can reach."""
    notebook = write_notebook(tmp_path_factory.mktemp("class") / "small.ipynb", "1")
    return voila_server(notebook, for_public=True)


@pytest.fixture(scope="module")
def pages(url):
    """A teacher's page and two others."""
    return [Page(url) for _ in range(3)]


@pytest.fixture
def class_of_two(pages):
    """The same pages with new connections: a teacher with a room, and two who are in it."""
    for page in pages:
        page.socket.close()
        page.socket = page.connect()
    teacher, ann, ben = pages
    teacher.say(do="open")
    code = teacher.room(lambda room: room["role"] == "teacher")["code"]
    for page in (ann, ben):
        page.say(do="join", code=code, secret=None)
        page.room(lambda room: room["code"] == code)
    teacher.room(lambda room: room["here"] == 2)
    yield teacher, ann, ben
    teacher.say(do="close")
    ben.hear(lambda told: "ended" in told)


def is_asked(room):
    return "question" in room


def test_a_class_is_asked_answers_and_follows(class_of_two):
    teacher, ann, ben = class_of_two
    teacher.say(do="show", state="picture=star&layer=fc1")
    assert ann.room(lambda room: room["state"])["state"] == "picture=star&layer=fc1"
    teacher.say(do="ask", question=ASKED)
    number = ann.room(is_asked)["question"]["number"]
    ben.room(is_asked)
    ann.say(do="answer", number=number, choice=0)
    ann.say(do="answer", number=number, choice=1)
    ben.say(do="answer", number=number, choice=0)
    assert teacher.room(lambda room: room.get("counts") == [1, 1])["here"] == 2
    teacher.say(do="reveal")
    told = ben.room(lambda room: room["question"]["revealed"])
    assert (told["counts"], told["question"]["answer"]) == ([1, 1], 1)
    assert "out" in ann.refused(do="answer", number=number, choice=0)
    teacher.say(do="results")
    assert teacher.hear(lambda told: "results" in told)["results"] == [{**ASKED, "counts": [1, 1]}]


def test_a_member_does_nothing_that_is_the_teacher_s(class_of_two):
    teacher, ann, _ = class_of_two
    for words in (
        {"do": "ask", "question": ASKED},
        *({"do": what} for what in ("reveal", "put away", "results", "close")),
        {"do": "show", "state": "picture=cat"},
    ):
        assert ann.refused(**words) == "Only the page that has opened the room does this."
    teacher.say(do="show", state="picture=ring")
    assert ann.room(lambda room: room["state"])["state"] == "picture=ring"


def test_without_a_room_and_with_another_s_code_nothing_is_done(class_of_two, url):
    teacher, _, _ = class_of_two
    stranger = Page(url)
    for words in ({"do": "ask", "question": ASKED}, {"do": "answer", "number": 1, "choice": 0}):
        assert stranger.refused(**words) == "This page is in no room."
    stranger.say(do="open")
    own = stranger.room(lambda room: room["role"] == "teacher")
    stranger.say(do="show", state="picture=heart")
    teacher.say(do="open")  # its own again
    code = teacher.room(lambda room: True)["code"]
    assert own["code"] != code
    told = stranger.refused(do="resume", code=code, secret=own["secret"])
    assert told == f"There is no room {code} on this server."
    stranger.say(do="close")
    stranger.socket.close()


def test_guessing_codes_ends(url):
    guesser = Page(url)
    answers = [
        guesser.refused(do="join", code=f"BBBB{letter}", secret=None)
        for letter in "BCDFHJKMPQRTWX"[: GUESSES["at_once"] + 3]
    ]
    assert answers[0] == "There is no room BBBBB on this server."
    assert answers[-1] == "Too many wrong codes; wait half a minute."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[" * 10_000,
        "null",
        "1e999",
        '{"do": "ask"}',
        '{"do": "ask", "question": {"text": "?", "choices": ["a", "a"], "answer": null}}',
        '{"do": "answer", "number": 1e400, "choice": 0}',
        '{"do": "show", "state": ["x"]}',
        '{"do": "join", "code": 5, "secret": null}',
        json.dumps({"do": "show", "state": "x" * 5000}),
    ],
)
def test_what_nobody_says_is_refused_in_one_sentence(class_of_two, text):
    teacher, _, _ = class_of_two
    teacher.socket.send(text)
    sentence = teacher.hear(lambda told: "refused" in told)["refused"]
    assert sentence.endswith(".") and len(sentence) < 200
    assert "Traceback" not in sentence


def test_what_is_written_in_html_stays_text(class_of_two):
    teacher, ann, _ = class_of_two
    mark = "<img src=x onerror=alert(1)>"
    teacher.say(do="ask", question={"text": mark, "choices": [mark, "b"], "answer": None})
    question = ann.room(is_asked)["question"]
    assert (question["text"], question["choices"][0]) == (mark, mark)


def wait_until_closed(socket, send):
    """Send, and return once the server has closed the connection."""
    with suppress(websocket.WebSocketConnectionClosedException, OSError):
        send()
        while socket.recv():
            pass


def test_a_flood_ends_the_connection_and_others_go_on(pages, class_of_two):
    teacher, ann, ben = class_of_two

    def flood():
        for _ in range(1000):
            ann.say(do="leave")

    wait_until_closed(ann.socket, flood)
    ann.socket = ann.connect()
    teacher.say(do="show", state="picture=cross")
    ben.room(lambda room: room["state"] == "picture=cross")


def test_a_long_message_ends_the_connection(class_of_two):
    _, ann, _ = class_of_two
    long = "x" * (classroom_socket.LARGEST + 1)
    wait_until_closed(ann.socket, lambda: ann.say(do="join", code=long, secret=None))
    ann.socket = ann.connect()


def refusal(connect):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        connect()
    return refused.value.status_code


def test_foreign_origins_and_made_up_pages_get_no_connection(pages):
    page = pages[0]
    assert refusal(lambda: page.connect(origin="https://evil.example")) == 403
    assert refusal(lambda: page.connect("11111111-1111-4111-8111-111111111111")) == 404


def test_a_page_has_so_many_connections_and_no_more(pages):
    page = pages[1]
    page.socket.close()
    open_ = [page.connect() for _ in range(classroom_socket.CONNECTIONS - 1)]

    def connect():
        for _ in range(3):
            open_.append(page.connect())

    assert refusal(connect) == 429
    for each in open_:
        each.close()
    page.socket = page.connect()


def test_nothing_lists_the_rooms(url):
    for path in ("voila/api/class", "voila/api/class/"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url + path)
        assert refused.value.code in (403, 404)


def test_so_it_is_below_a_jupyter_server_s_base_address(lab_server):
    from lrp_widgets._support.paths import folder

    url = lab_server(folder("notebooks").parent, "/user/x/")
    page = Page(f"{url}voila/render/notebooks/index.ipynb")
    page.say(do="open")
    assert page.room(lambda room: room["role"] == "teacher")["here"] == 0
    assert refusal(lambda: page.connect(origin="https://evil.example")) == 403
