"""Memory really available: the machine's, or a container's where that is less."""

import platform
from types import SimpleNamespace

import numpy as np
import psutil
import pytest

from lrp_widgets._support import memory

MACHINE = 8_000_000_000


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    monkeypatch.setattr(memory.psutil, "virtual_memory", lambda: SimpleNamespace(available=MACHINE))


def write(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_without_control_groups_it_is_the_machine_s(tmp_path):
    assert memory.available(tmp_path) == MACHINE


def test_version_2_limit_less_usage_plus_page_cache(tmp_path):
    write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": "2000000000\n",
            "sys/fs/cgroup/memory.current": "1500000000\n",
            "sys/fs/cgroup/memory.stat": "anon 900000000\ninactive_file 300000000\n",
        },
    )
    assert memory.available(tmp_path) == 800_000_000


def test_the_tightest_limit_above_the_process_counts(tmp_path):
    write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/users/one/notebook\n",
            "sys/fs/cgroup/users/one/notebook/memory.max": "max\n",
            "sys/fs/cgroup/users/one/notebook/memory.current": "5\n",
            "sys/fs/cgroup/users/one/memory.max": "700000000\n",
            "sys/fs/cgroup/users/one/memory.current": "100000000\n",
            "sys/fs/cgroup/users/memory.max": "900000000\n",
            "sys/fs/cgroup/users/memory.current": "100000000\n",
        },
    )
    assert memory.available(tmp_path) == 600_000_000


def test_version_1_where_the_path_is_the_host_s(tmp_path):
    write(
        tmp_path,
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/\n4:memory:/docker/0123\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000000\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "400000000\n",
            "sys/fs/cgroup/memory/memory.stat": "total_inactive_file 50000000\n",
        },
    )
    assert memory.available(tmp_path) == 650_000_000


def test_a_limit_above_the_machine_s_memory_changes_nothing(tmp_path):
    write(
        tmp_path,
        {
            "proc/self/cgroup": "4:memory:/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "400000000\n",
        },
    )
    assert memory.available(tmp_path) == MACHINE


def test_a_group_over_its_limit_leaves_nothing(tmp_path):
    write(
        tmp_path,
        {
            "proc/self/cgroup": "0::/\n",
            "sys/fs/cgroup/memory.max": "100\n",
            "sys/fs/cgroup/memory.current": "150\n",
        },
    )
    assert memory.available(tmp_path) == 0


def test_this_machine_answers():
    assert 0 < memory.available() <= MACHINE


def test_require_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(memory, "available", lambda: 1_000_000_000)
    memory.require(1_000_000_000, "VGG16")
    memory.require(1_400_000_000, "VGG16", freed=400_000_000)
    with pytest.raises(memory.NotEnoughMemory, match=r"VGG16 needs about 1\.4 GB .* 1\.0 GB"):
        memory.require(1_400_000_000, "VGG16")


@pytest.mark.parametrize(
    ("count", "words"),
    [(4_207_000, "4.2 MB"), (553_467_096, "553 MB"), (1_100_000_000, "1.1 GB"), (0, "0.0 MB")],
)
def test_sizes_in_words(count, words):
    assert memory.size(count) == words


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others give back at once")
def test_freed_memory_is_given_back():
    pieces = [np.ones(100_000, np.uint8) for _ in range(400)]  # small enough to come from the heap
    top = [np.ones(100_000, np.uint8) for _ in range(4)]  # holds the heap's end where it is
    full = psutil.Process().memory_info().rss
    del pieces
    memory.give_back()
    assert psutil.Process().memory_info().rss < full - 30e6
    assert len(top) == 4
