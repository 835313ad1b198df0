"""Fetching a file: from a server of this test's own, with everything that can go wrong."""

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch
import pytest

from lrp_widgets._support import downloads
from lrp_widgets._support.downloads import Cancelled, DownloadError, RemoteFile, fetch

ROOT = Path(__file__).resolve().parents[2]
BODY = np.random.default_rng(0).bytes(1_000_000)


class Handler(BaseHTTPRequestHandler):
    """Answers by the path: /whole, /other, /half, /stall, /missing, /unannounced."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/missing":
            return self.send_error(404)
        body = BODY[::-1] if self.path == "/other" else BODY
        self.send_response(200)
        if self.path != "/unannounced":
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        half = len(body) // 2
        self.wfile.write(body[:half])
        if self.path == "/stall":
            self.wfile.flush()
            self.server.go_on.wait(300)
        if self.path != "/half":
            self.wfile.write(body[half:])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.asked = []
        server.go_on = threading.Event()
        server.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.go_on.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LRP_WIDGETS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "files"


def remote(url, folder, body=BODY, **settings):
    settings = {
        "what": "the weights",
        "hashes": (f"sha256:{hashlib.sha256(body).hexdigest()}",),
        "names": ("weights.bin",),
        "folders": (lambda: folder,),
        "size": len(body),
        "advice": "; do without",
    } | settings
    return RemoteFile(url=url, **settings)


def files_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def sentence(file, **arguments):
    with pytest.raises(DownloadError) as caught:
        fetch(file, **arguments)
    return str(caught.value)


def test_fetches_once_and_reports_progress(server, folder):
    file = remote(f"{server.address}/whole", folder)
    told = []
    assert file.find() is None
    path = fetch(file, progress=lambda *report: told.append(report))
    assert path == folder / "weights.bin"
    assert path.read_bytes() == BODY
    assert files_in(folder) == ["weights.bin"]
    amounts = [done for done, _, _ in told]
    assert amounts == sorted(amounts)
    assert 0 < amounts[0] < amounts[-1] == len(BODY)
    assert {total for _, total, _ in told} == {len(BODY)}
    assert told[-1][2] == "Fetching the weights: 1.0 MB of 1.0 MB"

    assert fetch(file) == file.find() == path
    assert server.asked == ["/whole"]


def test_progress_without_an_announced_length_uses_the_known_size(server, folder):
    told = []
    fetch(remote(f"{server.address}/unannounced", folder), lambda *report: told.append(report))
    assert told[0][1] == len(BODY)


def test_a_file_put_there_by_hand_counts(server, folder, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "published.bin").write_bytes(BODY)
    file = remote(
        f"{server.address}/whole",
        folder,
        names=("weights.bin", "published.bin"),
        folders=(lambda: folder, lambda: elsewhere),
    )
    assert fetch(file) == elsewhere / "published.bin"
    assert server.asked == []


def test_a_folder_that_cannot_be_entered_holds_nothing(folder):
    def forbidden():
        raise PermissionError(errno.EACCES, "Permission denied")

    folder.mkdir()
    (folder / "weights.bin").write_bytes(BODY)
    file = remote("http://127.0.0.1:9/", folder, folders=(forbidden, lambda: folder))
    assert file.find() == folder / "weights.bin"


def test_a_second_hash_counts_too(server, folder):
    folder.mkdir()
    (folder / "weights.bin").write_bytes(BODY[:100])
    digest = hashlib.md5(BODY[:100]).hexdigest()
    hashes = (f"sha256:{'0' * 64}", f"md5:{digest}")
    file = remote(f"{server.address}/whole", folder, hashes=hashes, size=None)
    assert fetch(file) == folder / "weights.bin"
    assert server.asked == []


def test_a_file_is_hashed_once_and_again_when_it_changes(server, folder, monkeypatch):
    hashed = []
    file_hash = pooch.file_hash
    monkeypatch.setattr(pooch, "file_hash", lambda *a, **k: hashed.append(a) or file_hash(*a, **k))
    folder.mkdir()
    path = folder / "weights.bin"
    path.write_bytes(BODY)
    file = remote(f"{server.address}/whole", folder)
    assert file.find_intact() == file.find_intact() == path
    assert len(hashed) == 1
    path.write_bytes(BODY[::-1])
    os.utime(path, ns=(1, 1))
    assert file.find_intact() is None
    assert file.find() == path


def test_a_broken_file_is_fetched_again(server, folder):
    folder.mkdir()
    (folder / "weights.bin").write_bytes(BODY[:-1] + b"?")
    path = fetch(remote(f"{server.address}/whole", folder))
    assert path.read_bytes() == BODY


def test_a_broken_file_stays_and_is_called_so_where_nothing_can_be_fetched(server, folder):
    folder.mkdir()
    (folder / "weights.bin").write_bytes(b"?" * len(BODY))
    assert sentence(remote(f"{server.address}/missing", folder)) == (
        "The weights (1.0 MB) are broken on this machine and could not be fetched: "
        "the server answered 404 Not Found; do without."
    )


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/missing", "the server answered 404 Not Found"),
        ("/other", "what arrived is not the published file (its hash differs)"),
        ("/half", "the connection broke off after 0.5 MB"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(server, folder, path, reason):
    assert sentence(remote(server.address + path, folder)) == (
        "The weights (1.0 MB) are not on this machine and could not be fetched: "
        f"{reason}; do without."
    )
    assert files_in(folder) == []


def test_a_server_that_stalls_is_given_up(server, folder):
    file = remote(f"{server.address}/stall", folder)
    assert "the connection broke off after" in sentence(file, patience=(30, 3))
    assert files_in(folder) == []


@pytest.mark.parametrize("host", ["127.0.0.1:9", "no-such-host.invalid"])
def test_no_internet(folder, host):
    text = sentence(remote(f"http://{host}/whole", folder), patience=(2, 2))
    assert text == (
        "The weights (1.0 MB) are not on this machine and could not be fetched: "
        "no internet connection; do without."
    )
    assert files_in(folder) == []


def test_cancelling_midway_leaves_nothing(server, folder):
    cancel = threading.Event()
    told = []

    def progress(*report):
        told.append(report)
        cancel.set()

    with pytest.raises(Cancelled, match="Fetching the weights was cancelled"):
        fetch(remote(f"{server.address}/whole", folder), progress, cancel)
    assert told[-1][0] < len(BODY)
    assert files_in(folder) == []


def test_cancelling_while_the_server_stalls_is_no_error(server, folder):
    cancel = threading.Event()
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(Cancelled):
        fetch(remote(f"{server.address}/stall", folder), cancel=cancel, patience=(5, 1))
    assert files_in(folder) == []


def test_cancelled_before_it_begins_asks_nobody(server, folder):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        fetch(remote(f"{server.address}/whole", folder), cancel=cancel)
    assert server.asked == []


def test_too_small_a_disk_is_told_before_anything_is_fetched(server, folder, monkeypatch):
    usage = shutil._ntuple_diskusage(10**9, 10**9, len(BODY) - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    text = sentence(remote(f"{server.address}/whole", folder))
    assert text.endswith(f"could not be fetched: the disk of {folder} is full; do without.")
    assert server.asked == []


def test_a_disk_that_fills_up_midway(server, folder, monkeypatch):
    def write_half(self, url, output_file, pooch):
        with open(output_file, "wb") as file:
            file.write(BODY[:1000])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", write_half)
    assert f"the disk of {folder} is full" in sentence(remote(f"{server.address}/whole", folder))
    assert files_in(folder) == []


def test_a_folder_that_cannot_be_made(server, tmp_path, folder):
    (tmp_path / "file").write_text("in the way")
    text = sentence(remote(f"{server.address}/whole", tmp_path / "file" / "folder"))
    assert f"{tmp_path / 'file' / 'folder'} cannot be written to (" in text


def test_a_mistake_of_ours_is_not_dressed_up_as_a_download_error(server, folder, monkeypatch):
    def wrong(*_):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fetch(remote(f"{server.address}/whole", folder), progress=wrong)


def test_two_processes_at_once_end_with_one_whole_file(server, folder):
    code = f"""
import sys
from pathlib import Path
from lrp_widgets._support.downloads import RemoteFile, fetch
file = RemoteFile("the weights", "{server.address}/stall",
    ("sha256:{hashlib.sha256(BODY).hexdigest()}",), ("weights.bin",),
    (lambda: Path(sys.argv[1]),), {len(BODY)})
fetch(file)
"""
    command = [sys.executable, "-c", code, str(folder)]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    deadline = threading.Event()
    while len(server.asked) < 2 and not deadline.wait(0.05):
        assert all(process.poll() is None for process in processes)
    assert "weights.bin" not in files_in(folder)
    server.go_on.set()
    assert [process.wait(30) for process in processes] == [0, 0]
    assert files_in(folder) == ["weights.bin"]
    assert (folder / "weights.bin").read_bytes() == BODY


def test_a_cache_folder_that_cannot_be_written_to_costs_only_the_note(folder, monkeypatch):
    folder.mkdir()
    (folder / "weights.bin").write_bytes(BODY)

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(downloads.Path, "write_text", refuse)
    assert remote("http://127.0.0.1:9/", folder).find_intact() == folder / "weights.bin"
