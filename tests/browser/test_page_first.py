"""TensorFlow comes after the page: while its libraries load, a kernel answers nothing."""

from functools import partial

import kernel_output
import pytest
from jupyter_client.manager import start_new_kernel
from processes import isolated_environment

BEGIN = """
import sys, time
from lrp_widgets.widgets.settings import requests
from lrp_widgets.widgets.dashboard.dashboard import Dashboard

requests.FIRST_SIGHT = {seconds}
page = Dashboard("network=mini-vgg")
"""
LOADED = "time.sleep(1); print('tensorflow' in sys.modules)"
SEEN = "page.stepper._handle_custom_msg({'type': 'seen'}, [])"
WAITED = "print(page.wait(120), 'tensorflow' in sys.modules)"


@pytest.fixture
def printed(tmp_path):
    """What a kernel prints when it runs a cell."""
    manager, client = start_new_kernel(env=isolated_environment(tmp_path))

    yield partial(kernel_output.printed, client)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_tensorflow_is_loaded_once_a_browser_shows_the_page(printed):
    printed(BEGIN.format(seconds=600))
    assert printed(LOADED) == "False"
    printed(SEEN)
    assert printed(WAITED) == "True True"


def test_a_page_that_no_browser_shows_is_computed_all_the_same(printed):
    printed(BEGIN.format(seconds=0))
    assert printed(WAITED) == "True True"


def test_an_answer_that_is_ready_before_the_page_waits_for_it(printed):
    """A control that came while the page loads the others would find its parts missing."""
    printed(
        "import time, tensorflow\n"
        "from lrp_widgets.session import Session\n"
        "from lrp_widgets.widgets.settings import requests\n"
        "from lrp_widgets.widgets.dashboard.dashboard import Dashboard\n"
        "requests.FIRST_SIGHT = 600\n"
        "session = Session()\n"
        "page = Dashboard('network=mini-vgg', session)"
    )
    computed = "while not session._answers: time.sleep(0.05)\nprint(page.stepper.layers)"
    assert printed(computed) == "[]"
    printed(SEEN)
    assert printed("print(page.wait(120), len(page.stepper.layers) > 9)") == "True True"
