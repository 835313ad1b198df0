"""A hostile visitor of `lrp-widgets dashboard --public`: SECURITY.md's promises, one by one."""

import json
import os
import re
import signal
import sys
import time
import urllib.error
import urllib.request
import uuid

import pytest
import websocket
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from processes import write_notebook

from lrp_widgets import load_image, load_network
from lrp_widgets.app import public
from lrp_widgets.widgets.lessons.playgrounds.side_by_side import SideBySide
from lrp_widgets.widgets.lessons.playgrounds.start_bars import StartBars
from lrp_widgets.widgets.live import uploaded_video
from lrp_widgets.widgets.settings.picker import PicturePicker

PATIENCE = 90  # seconds

CELL = """
import os
from lrp_widgets import load_image
try:
    if os.environ["QUERY_STRING"] == "greedy":
        kept = bytearray(3_000_000_000)
        print("got it")
    if os.environ["QUERY_STRING"] == "curious":
        load_image("../secret.png")
except (MemoryError, ValueError) as error:
    print(type(error).__name__, error)
"""


# What kernels refuse


@pytest.fixture
def guarded(monkeypatch):
    """The environment of a public server's kernel."""
    for name, value in public.SETTINGS.items():
        monkeypatch.setenv(name, value)


def test_a_host_s_own_limits_stay(monkeypatch):
    for name in public.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    assert public.kernel_limits() == (None, None)
    monkeypatch.setenv("LRP_WIDGETS_KERNEL_MEMORY", "2e9")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    public.set_limits()
    assert public.kernel_limits() == (2_000_000_000, 4096)
    assert public.largest_message() == 21_000_000


@pytest.mark.parametrize("text", ["much", "0", "-1", "nan", "inf"])
def test_a_limit_that_cannot_be_is_one_sentence(monkeypatch, text):
    monkeypatch.setenv("LRP_WIDGETS_KERNEL_MEMORY", text)
    with pytest.raises(
        ValueError, match=r"^LRP_WIDGETS_KERNEL_MEMORY must be a number of at least"
    ):
        public.kernel_limits()


def test_no_file_is_opened_by_its_name(guarded, tmp_path):
    sentence = r"^This server opens no file by its name; send the picture itself\.$"
    for name in ("/etc/hostname", "../x.png", str(tmp_path)):
        with pytest.raises(ValueError, match=sentence):
            load_image(name)
        with pytest.raises(ValueError, match=sentence):
            load_network("mini-vgg", weights=name)
    assert load_image("star", size=16).shape == (16, 16, 3)


def test_the_browser_names_no_file_to_a_widget():
    """Whatever it writes into what a widget shares, on any server."""
    picker = PicturePicker()
    before = picker.picture
    try:
        picker.set_state({"selected": "/etc/hostname"})
    except Exception as error:
        assert "selected" in str(error)
    assert picker.picture == before

    bars = StartBars()
    before = bars.picture
    try:
        bars.set_state({"pictures": ["/etc/hostname"], "picture": "/etc/hostname"})
    except Exception as error:
        assert "picture" in str(error)
    assert bars.picture == before

    seen = []

    class Maps(SideBySide):
        def work_out(self, chosen):
            seen.append(chosen["picture"])

    maps = Maps(
        [{"name": "picture", "label": "Picture", "options": ["star", "ring"]}], picture="star"
    )
    hostile = [{"name": "picture", "label": "Picture", "options": ["/etc/hostname"]}]
    maps.set_state({"controls": hostile, "chosen": {"picture": "/etc/hostname"}})
    assert maps.error == "Picture is one of those listed."
    maps.set_state({"chosen": {"picture": "ring"}})
    assert (seen, maps.error) == (["star", "ring"], "")


def test_no_video_is_taken(guarded):
    with pytest.raises(ValueError, match=r"^This server takes no videos; the camera works"):
        uploaded_video.UploadedVideo("holiday.mp4", 1)


def test_a_flood_ends_the_connection_and_a_page_s_own_use_does_not(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(public.time, "monotonic", lambda: now[0])
    flow = public.Flow()
    for _ in range(600):  # a minute of the camera: ten frames a second of 100 kB
        assert flow.takes(100_000)
        now[0] += 0.1
    assert flow.takes(20_000_000)
    assert flow.takes(20_000_000)
    assert flow.takes(20_000_000)
    assert not flow.takes(20_000_000)
    assert not flow.takes(1)
    now[0] += 60
    assert flow.takes(20_000_000)


# A real server


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a secret picture, text and notebook; below it, the one that is served."""
    folder = tmp_path_factory.mktemp("public")
    (folder / "served").mkdir()
    for name in ("secret.png", "secret.txt", "served/secret.txt"):
        (folder / name).write_text("the secret")
    write_notebook(folder / "secret.ipynb", "print('the secret')")
    return folder


@pytest.fixture(scope="module")
def url(voila_server, place):
    """A public server with small limits."""
    notebook = write_notebook(place / "served" / "small.ipynb", CELL)
    limits = {"LRP_WIDGETS_KERNEL_MEMORY": "1.5e9", "LRP_WIDGETS_MAX_BYTES": "1e6"}
    return voila_server(notebook, for_public=True, **limits)


class Visitor:
    """Who opens a page without a browser, and knows its kernel."""

    def __init__(self, url, query=""):
        self.url = url
        with urllib.request.urlopen(f"{url}?{query}", timeout=PATIENCE) as reply:
            self.headers = reply.headers
            self.page = reply.read().decode()
        self.kernel = re.search(r'"kernelId": "([\w-]+)"', self.page)[1]
        self.pulse()  # somebody is here

    def pulse(self):
        with urllib.request.urlopen(f"{self.url}voila/api/pulse/{self.kernel}") as reply:
            return json.load(reply)["life"]

    def channels(self, kernel=None, **options):
        address = f"{self.url}api/kernels/{kernel or self.kernel}/channels"
        return websocket.create_connection(
            address.replace("http", "ws", 1), timeout=PATIENCE, **options
        )


@pytest.fixture(scope="module")
def visitor(url):
    return Visitor(url)


def answer(url, method="GET", body=None):
    """(status, text, headers) of a request."""
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, body, method=method), timeout=PATIENCE
        ) as reply:
            return reply.status, reply.read().decode(errors="replace"), reply.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace"), error.headers


def message(kind, **content):
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "username": ""}
    header |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content}


def plain(channel, sent):
    return json.dumps(sent | {"channel": channel, "buffers": []})


def binary(channel, sent):
    return serialize_msg_to_ws_v1(sent, channel, pack=lambda part: json.dumps(part).encode())


def read(text):
    if isinstance(text, str):
        return json.loads(text)
    _, (header, parent, *_) = deserialize_msg_from_ws_v1(text)
    return {"header": json.loads(header), "parent_header": json.loads(parent)}


@pytest.mark.parametrize("protocol", [None, "v1.kernel.websocket.jupyter.org"])
def test_nobody_runs_code_in_a_kernel_not_even_in_ones_own(visitor, place, protocol):
    pack, send = (binary, "send_binary") if protocol else (plain, "send")
    mark = place / f"ran-{protocol}"
    code = f"open({str(mark)!r}, 'w')"
    connection = visitor.channels(subprotocols=[protocol] if protocol else None)
    asks = [
        message("execute_request", code=code, silent=False, user_expressions={"a": code}),
        message(
            "debug_request", type="request", command="evaluate", arguments={"expression": code}
        ),
        message("complete_request", code=code, cursor_pos=len(code)),
        message("inspect_request", code=code, cursor_pos=4, detail_level=1),
    ]
    for channel in ("shell", "control", "stdin"):
        for asked in asks:
            getattr(connection, send)(pack(channel, asked))
    last = message("kernel_info_request")
    getattr(connection, send)(pack("shell", last))
    ignored = {asked["header"]["msg_id"] for asked in asks}
    while True:
        told = read(connection.recv())
        assert told["parent_header"].get("msg_id") not in ignored
        if told["parent_header"].get("msg_id") == last["header"]["msg_id"]:
            break
    connection.close()
    assert not mark.exists()


def test_foreign_origins_get_no_connection(visitor):
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        visitor.channels(origin="https://evil.example")
    assert refused.value.status_code == 403


def test_another_visitor_s_kernel_cannot_be_found_out(visitor, url):
    for path in ("api/kernels", "api/sessions", "api/status", "metrics", "voila/api/pulse/"):
        status, text, _ = answer(url + path)
        assert status in (403, 404)
        assert visitor.kernel not in text
    other = str(uuid.uuid4())
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        visitor.channels(other)
    assert refused.value.status_code == 404


def test_of_a_kernel_s_interface_only_its_state_is_there(visitor, url):
    address = f"{url}api/kernels/{visitor.kernel}"
    assert answer(address)[0] == 200
    assert answer(address, "DELETE")[0] == 405
    for verb in ("interrupt", "restart"):
        assert answer(f"{address}/{verb}", "POST", b"")[0] in (403, 404, 405)
    assert answer(f"{url}voila/api/shutdown/{visitor.kernel}", "POST", b"")[0] == 403
    assert visitor.pulse()


UP = ("..", "%2e%2e", "..%2f..", "%2e%2e%2f%2e%2e", "....//..", "..%5c..", "%252e%252e", "..;")


@pytest.mark.parametrize(
    "below", ["voila/files", "voila/static", "voila/templates", "voila/labextensions"]
)
def test_tricks_with_paths_lead_nowhere(url, below):
    paths = [
        f"{up}/{name}"
        for up in (*UP, "lab/static/..%2f..%2f..", "@jupyter-widgets/..%2f..")
        for name in ("secret.png", "secret.txt", "etc/passwd")
    ]
    paths += ("secret.txt", "small.ipynb", "%2fetc%2fpasswd", "/etc/passwd", "%00.png")
    for path in paths:
        status, text, _ = answer(f"{url}{below}/{path}")
        assert status >= 400, path
        assert not any(word in text for word in ("the secret", "root:", "Traceback")), path


def test_only_the_notebooks_beside_the_one_that_is_served_are_run(url):
    for name in ("..%2fsecret.ipynb", "%2e%2e%2fsecret.ipynb", "..%2f..%2fsecret.ipynb", "a.ipynb"):
        status, text, _ = answer(f"{url}voila/render/{name}")
        assert status in (403, 404, 500), name
        assert "the secret" not in text and "kernelId" not in text


def test_there_are_no_contents_no_terminals_and_no_lab(url):
    for path in (
        *(
            "api/contents",
            "api/contents/secret.txt",
            "api/terminals",
            "terminals/1",
            "api/config/x",
        ),
        *("api/kernelspecs", "api/shutdown", "voila/tree", "voila/api/contents", "tree", "lab"),
        *("files/secret.txt", "nbconvert/html/small.ipynb", "edit/small.ipynb", "view/small.ipynb"),
    ):
        for method, body in (("GET", None), ("POST", b"{}"), ("PUT", b"{}"), ("DELETE", None)):
            assert answer(url + path, method, body)[0] in (403, 404, 405), (method, path)


def test_every_answer_carries_the_headers(visitor, url):
    answers = {"page": visitor.headers}
    for path in (
        *("voila/static/voila.js", "voila/files/small.ipynb", "api/kernels"),
        *(f"voila/api/pulse/{visitor.kernel}", "voila/render/teaching_guide.html"),
    ):
        answers[path] = answer(url + path)[2]
    for path, headers in answers.items():
        (policy,) = headers.get_all("Content-Security-Policy")
        assert policy.startswith("default-src 'self'; "), path
        assert policy.endswith("frame-ancestors 'self'"), path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "same-origin", path


def test_a_message_larger_than_a_picture_ends_the_connection(visitor):
    connection = visitor.channels()
    connection.send(plain("shell", message("comm_msg", comm_id="x", data="x" * 900_000)))
    with pytest.raises((websocket.WebSocketConnectionClosedException, OSError)):
        connection.send(plain("shell", message("comm_msg", comm_id="x", data="x" * 2_100_000)))
        while connection.recv():
            pass
        raise websocket.WebSocketConnectionClosedException  # closed with a word
    assert visitor.pulse()


def test_a_page_has_so_many_connections_and_no_more(visitor):
    connections = []
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        for _ in range(public.CONNECTIONS + 1):
            connections.append(visitor.channels())
    assert refused.value.status_code == 429
    for connection in connections:
        connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux limits another process")
def test_a_kernel_gets_no_more_memory_than_its_own(url, visitor):
    greedy = Visitor(url, "greedy")
    assert "MemoryError" in greedy.page
    assert "got it" not in greedy.page
    with open(f"/proc/{greedy.pulse()}/limits") as file:
        limits = dict(re.findall(r"^(Max [a-z ]+?)  +(\d+) ", file.read(), re.MULTILINE))
    assert limits["Max data size"] == "1500000000"
    assert limits["Max processes"] == "4096"
    assert limits["Max core file size"] == "0"
    assert visitor.pulse()


def test_a_kernel_opens_no_file_by_name(url):
    assert "This server opens no file by its name" in Visitor(url, "curious").page


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such signal")
def test_a_kernel_that_dies_ends_alone(url, visitor):
    doomed, life = Visitor(url), visitor.pulse()
    os.kill(int(doomed.pulse()), signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while doomed.pulse() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert doomed.pulse() is None
    assert visitor.pulse() == life
