"""How many visitors a server takes: by number, by memory, by cores; and whose turn it is."""

import concurrent.futures
import html
import json
import sys
import time
import urllib.error
import urllib.request

import pytest
from processes import free_port, serve_process, write_notebook
from test_server import SLIDER

from lrp_widgets._support import memory
from lrp_widgets.app import admission as admissions
from lrp_widgets.app import forked_kernels, server_extension
from lrp_widgets.app.admission import RESERVED, Admission


@pytest.fixture
def clock(monkeypatch):
    """A clock that only the test moves: ``clock[0] += 5``."""
    now = [1000.0]
    monkeypatch.setattr(admissions.time, "monotonic", lambda: now[0])
    return now


def arrive(admission, kernel, **ticket):
    """Enter, get a kernel and a whole page."""
    assert admission.enter(**ticket)
    admission.kernels.add(kernel)
    admission.has_kernel(kernel)
    admission.is_whole(kernel)


def test_no_more_than_so_many_and_a_kernel_that_ends_makes_room(clock):
    places = Admission(set(), max_visitors=2, cores=8)
    arrive(places, "a")
    assert places.enter()  # on its way, and counted before it has a kernel
    assert not places.is_room()
    assert not places.enter()
    places.is_whole(None)  # it got none
    arrive(places, "b")
    assert not places.enter()
    places.kernels.remove("a")
    assert places.enter()


def test_kernels_start_one_a_core_at_a_time(clock):
    places = Admission(set(), max_visitors=99, cores=2)
    assert places.enter()
    assert places.enter()
    assert places.is_room()
    assert not places.is_free()
    assert not places.enter()
    places.kernels.add("a")
    places.has_kernel("a")
    assert not places.enter()  # its page is not whole yet
    places.is_whole("a")
    assert places.enter()


@pytest.fixture
def free(monkeypatch):
    """A list whose one number is the memory that is free; no fork server is there."""
    found = [0.0]
    monkeypatch.setattr(memory, "available", lambda: found[0])
    monkeypatch.setattr(forked_kernels, "is_importing", lambda: False)
    monkeypatch.setattr(forked_kernels, "is_ready", lambda: False)
    return found


def test_memory_is_the_limit_and_kernels_that_still_grow_are_counted(clock, free):
    free[0] = admissions._RESERVE + 2.6 * admissions._STARTED
    places = Admission(set(), cores=8)
    arrive(places, "a")
    arrive(places, "b")
    assert not places.enter()  # what they will take is not taken yet
    clock[0] += admissions._GROWING
    assert places.enter()  # they have grown, and so much is free all the same
    free[0] = 0
    assert not places.is_room()
    places.is_whole(None)
    places.kernels.clear()
    assert places.is_room()  # whoever is alone is let in


def test_forked_kernels_take_less_and_their_server_is_counted_while_it_imports(
    clock, free, monkeypatch
):
    free[0] = admissions._RESERVE + 1.1 * (admissions._STARTED + admissions._FORKED)
    places = Admission(set(), cores=8)
    arrive(places, "a")
    assert not places.is_room()  # "a" grows, and another that is started would too
    monkeypatch.setattr(forked_kernels, "is_ready", lambda: True)
    arrive(places, "b")
    assert not places.is_room()
    clock[0] += admissions._GROWING
    assert places.is_room()
    monkeypatch.setattr(forked_kernels, "is_importing", lambda: True)
    free[0] = admissions._RESERVE + admissions._FORK_SERVER
    assert not places.is_room()


def test_the_queue_goes_in_order_of_arrival(clock):
    places = Admission(set(), max_visitors=1, cores=2)
    arrive(places, "a")
    assert [places.place(ticket) for ticket in "xyz"] == [1, 2, 3]
    clock[0] += 2
    places.kernels.clear()
    assert not places.enter()  # nobody overtakes
    assert [places.place(ticket) for ticket in "zyx"] == [3, 2, 0]
    assert not places.enter("y")
    assert [places.place(ticket) for ticket in "xyz"] == [0, 1, 2]
    arrive(places, "b", ticket="x")
    assert [places.place(ticket) for ticket in "yz"] == [1, 2]


def test_who_has_gone_holds_nobody_up(clock):
    places = Admission(set(), max_visitors=1, cores=2)
    arrive(places, "a")
    assert [places.place(ticket) for ticket in "xy"] == [1, 2]
    clock[0] += admissions._HERE
    places.kernels.clear()
    assert places.place("y") == 0  # x has not asked for a while
    clock[0] += RESERVED
    assert places.place("x") == 0  # y did not come within its time
    clock[0] += RESERVED
    assert places.enter()


def test_a_flood_of_tickets_is_bounded(clock):
    places = Admission(set(), max_visitors=1, cores=2)
    arrive(places, "a")
    for number in range(3 * admissions._LONGEST_QUEUE):
        places.place(str(number))
    assert len(places._queue) == admissions._LONGEST_QUEUE
    assert places.place("late") == admissions._LONGEST_QUEUE + 1


def test_a_jupyter_servers_number_is_read_or_refused_in_one_sentence(monkeypatch):
    monkeypatch.delenv("LRP_WIDGETS_MAX_VISITORS", raising=False)
    assert server_extension._max_visitors() is None
    monkeypatch.setenv("LRP_WIDGETS_MAX_VISITORS", "24")
    assert server_extension._max_visitors() == 24
    monkeypatch.setenv("LRP_WIDGETS_MAX_VISITORS", "many")
    sentence = r"^LRP_WIDGETS_MAX_VISITORS='many' cannot be: .* from 1 to 10000\.$"
    with pytest.raises(ValueError, match=sentence):
        server_extension._max_visitors()


# A real server


def ask(url, accept="*/*"):
    """(status, Retry-After, text) of a bare request, which runs no JavaScript."""
    request = urllib.request.Request(url, headers={"Accept": accept})
    try:
        with urllib.request.urlopen(request, timeout=120) as reply:
            return reply.status, None, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Retry-After"], error.read().decode()


def test_bare_requests_get_no_more_than_the_places_and_lose_them(voila_server, tmp_path):
    notebook = write_notebook(tmp_path / "small.ipynb", SLIDER)
    url = voila_server(notebook, max_visitors=2)
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, [url] * 6))
    statuses = [status for status, *_ in answers]
    assert sorted(set(statuses)) == [200, 503]
    assert statuses.count(200) <= 2
    refused = [answer for answer in answers if answer[0] == 503]
    for _, retry_after, text in refused:
        assert int(retry_after) > 0
        assert text.endswith("Try again in 30 seconds.\n")
    # No page has asked for a pulse: soon after 20 s both places are free again.
    deadline = time.monotonic() + 120
    while (again := ask(url)[0]) == 503 and time.monotonic() < deadline:
        time.sleep(1)
    assert again == 200


@pytest.mark.skipif(sys.platform != "linux", reason="another process's limits are set on Linux")
def test_a_full_disk_is_told_in_one_sentence_until_there_is_room_again(tmp_path):
    """Of its files a server writes at least one for each kernel: how to reach it."""
    import resource

    def most_bytes(size):
        limits = size, resource.RLIM_INFINITY
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, limits)

    notebook = write_notebook(tmp_path / "small.ipynb", SLIDER)
    port = free_port()
    with serve_process(tmp_path, notebook, port=port, open_browser=False) as process:
        assert "is at" in process.stdout.readline()
        url = f"http://127.0.0.1:{port}/"
        most_bytes(0)
        status, retry_after, text = ask(url, "text/html")
        assert (status, retry_after) == (503, "30")
        assert "The server's disk is full." in html.unescape(text)
        assert "Traceback" not in text
        most_bytes(resource.RLIM_INFINITY)
        assert ask(url)[0] == 200


@pytest.mark.browser
def test_a_visitor_waits_on_a_page_that_opens_by_itself(voila_server, tmp_path, new_page):
    url = voila_server(write_notebook(tmp_path / "small.ipynb", SLIDER), max_visitors=1)
    first = new_page()
    first.goto(url)
    first.locator(".noUi-handle").wait_for()
    waiting = [new_page(), new_page(width=390, height=844)]
    for number, page in enumerate(waiting, 1):
        assert page.goto(f"{url}?picture=star").status == 503
        page.get_by_text("All places are taken at the moment").wait_for()
        page.locator("#place", has_text=str(number)).wait_for()
    assert first.evaluate("() => fetch('/voila/static/voila.js').then((one) => one.status)") == 200
    first.goto("about:blank")
    waiting[0].locator(".noUi-handle").wait_for()
    assert waiting[0].locator("#query").inner_text() == "picture=star"
    waiting[1].get_by_text("You are next.").wait_for()
    # Longer than a place is kept for a page that says nothing: this one has spoken.
    waiting[0].wait_for_timeout((RESERVED + 5) * 1000)
    waiting[0].locator(".noUi-handle").press("ArrowRight")
    waiting[0].get_by_text("layer 1").wait_for()
    assert waiting[1].locator("#place").inner_text() == "1"
    waiting[0].close(run_before_unload=True)
    waiting[1].locator(".noUi-handle").wait_for()


@pytest.mark.browser
def test_so_it_is_under_a_jupyter_server(lab_server, new_page):
    from lrp_widgets._support.paths import folder

    url = lab_server(folder("notebooks").parent, "/user/x/", LRP_WIDGETS_MAX_VISITORS="1")
    address = f"{url}voila/render/notebooks/index.ipynb"
    first, second = new_page(), new_page()
    first.goto(address)
    first.locator(".lrp-index-card").first.wait_for()
    assert second.goto(address).status == 503
    second.get_by_text("You are next.").wait_for()
    with urllib.request.urlopen(f"{url}api/kernels") as answer:
        assert len(json.load(answer)) == 1
    first.goto("about:blank")
    second.locator(".lrp-index-card").first.wait_for()
