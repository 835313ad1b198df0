"""The dashboard without a browser: what each choice asks for, and what comes of the answers."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lrp_widgets.media.images import SAMPLES
from lrp_widgets.widgets.dashboard.dashboard import Dashboard
from lrp_widgets.widgets.settings.controls import HELP, LABELS
from lrp_widgets.widgets.settings.url_state import HIDEABLE, own_picture


def set_control(page, name, value):
    page.controls[name].value = value
    assert page.wait(30)


def until(reached, patience=60):
    """Wait for something that another thread brings about."""
    deadline = time.monotonic() + patience
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def shown(page):
    """What the numbers on the screen are of."""
    e = page.explanation
    return (e.network.name, e.network.weights, e.network.seed, e.pooling, e.start, e.target)


# The first sight


def test_a_result_is_there_without_a_click(make, store):
    store.disk = {"mini-vgg"}
    page = make("")
    assert shown(page) == ("mini-vgg", "pretrained", 0, "avg", "softmax", None)
    assert page.controls["picture"].selected == "star"
    assert page.stepper.current == "input"
    assert (page.stepper.status, page.stepper.error, page.stepper.stale) == ("", "", False)


def test_the_cat_on_tiny_darknet_once_it_has_been_fetched(make):
    page = make("")
    assert page.controls["network"].value == "tiny-darknet"
    assert page.controls["picture"].selected == "cat"


def test_the_layout_is_there_while_the_first_result_is_computed(make, recorder):
    recorder.gate.clear()
    page = make(wait=False)
    try:
        until(lambda: page.stepper.status == "Explaining")
        assert page.stepper.layers == []
    finally:
        recorder.gate.set()
    assert page.wait(30)
    assert page.stepper.status == ""
    assert page.stepper.layers != []


# Changing a setting


@pytest.mark.parametrize(
    ("name", "value", "place", "expected"),
    [
        ("pooling", "max", 3, "max"),
        ("weights", "random", 1, "random"),
        ("network", "tiny-darknet", 0, "tiny-darknet"),
        ("explain", "logit", 4, "logit"),
    ],
)
def test_each_setting_reaches_the_explanation(make, name, value, place, expected):
    page = make()
    set_control(page, name, value)
    assert shown(page)[place] == expected
    assert page.stepper.summary["start"] == page.explanation.start


def test_the_seed_counts_only_for_random_weights(make, recorder):
    page = make()
    assert page.controls["seed"].layout.display == "none"
    set_control(page, "seed", 5)
    assert len(recorder.explained) == 1
    set_control(page, "weights", "random")
    assert page.controls["seed"].layout.display is None
    assert shown(page)[2] == 5


def test_the_class_lists_are_sorted_and_shown_when_they_count(make):
    page = make()
    target, other = page.controls["target"], page.controls["other"]
    assert target.layout.display == other.layout.display == "none"
    set_control(page, "explain", "contrast")
    assert target.layout.display is None
    assert other.layout.display is None
    assert target.options[0] == ("the top class (circle)", -1)
    assert other.options[0] == ("the runner-up (square)", -1)
    probabilities = [float(label.split(" · ")[1][:-2]) for label, _ in target.options[1:]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len(probabilities) == 8


def test_names_of_random_weights_are_remarked_beside_the_class_lists(make):
    page = make("network=mini-vgg&explain=logit")
    [remark] = [each for each in page.controls.children if "lrp-names-remark" in each._dom_classes]
    assert remark.layout.display == "none"
    set_control(page, "weights", "random")
    assert remark.value == "random weights: the names mean nothing"
    assert remark.layout.display is None
    set_control(page, "explain", "softmax")  # no class list, no remark
    assert remark.layout.display == "none"


def test_another_class_is_compared_with_the_top_class(make):
    page = make()
    set_control(page, "explain", "probability")
    compared = page.stepper.measured.compared
    assert (compared.what, compared.name) == ("runner-up", "square")
    set_control(page, "target", 1)
    assert page.explanation.target == "square"
    compared = page.stepper.measured.compared
    assert (compared.what, compared.name) == ("top class", "circle")
    assert compared.correlation == pytest.approx(-1 / 3)
    assert page.stepper.measures["pixels"][-1]["value"] == "−0.33"


def test_a_negative_logit_is_remarked(make):
    page = make()
    set_control(page, "explain", "logit")
    set_control(page, "target", 2)
    assert page.stepper.notes[0] == "The logit is negative (−1.00): the whole map is turned over."


def test_going_back_computes_nothing(make, recorder):
    page = make()
    first = page.explanation
    set_control(page, "pooling", "max")
    set_control(page, "pooling", "avg")
    assert page.explanation is first
    assert len(recorder.explained) == 2


def test_the_newest_choice_wins(make, recorder):
    page = make()
    recorder.gate.clear()
    page.controls["pooling"].value = "max"
    until(lambda: page._requests._worker.busy)
    page.controls["explain"].value = "logit"
    page.controls["explain"].value = "probability"
    assert page.stepper.stale
    recorder.gate.set()
    assert page.wait(30)
    assert shown(page)[3:5] == ("max", "probability")
    assert not page.stepper.stale
    # What came in between was never begun; what ran may have ended, unseen.
    assert ("mini-vgg", "logit", None) not in recorder.explained


def test_a_quick_answer_shows_no_progress_sign(make, monkeypatch):
    page = make()
    said, later = [], []
    page.stepper.observe(lambda change: said.append(change["new"]), names="status")
    monkeypatch.setattr(page._requests._worker, "later", lambda _, *call: later.append(call))
    set_control(page, "pooling", "max")
    assert [call[0] for call in later].count(page._requests._if_newest) == len(later) > 0
    for function, *arguments in later:  # patience ends once the answer is there
        function(*arguments)
    assert said == []


def test_a_slow_answer_shows_its_progress_once_patience_ends(make, monkeypatch, recorder):
    page = make()
    later = []
    monkeypatch.setattr(page._requests._worker, "later", lambda _, *call: later.append(call))
    recorder.gate.clear()
    page.controls["pooling"].value = "max"
    assert page.stepper.status == ""
    function, *arguments = later[0]
    function(*arguments)
    until(lambda: page.stepper.status == "Explaining")
    recorder.gate.set()
    assert page.wait(30)
    assert page.stepper.status == ""


def test_choosing_another_network_brings_its_picture_and_classes(make):
    page = make("network=mini-vgg&explain=logit&target=heart")
    assert page.controls["target"].value == 7
    set_control(page, "network", "tiny-darknet")
    assert page.controls["picture"].selected == "cat"
    assert page.controls["target"].value == -1
    assert page.explanation.target == "cat"
    set_control(page, "network", "mini-vgg")
    assert page.controls["picture"].selected == "star"


def test_a_picture_that_was_chosen_stays_with_another_network(make):
    page = make("picture=coffee")
    set_control(page, "network", "mini-vgg")
    assert page.controls["picture"].selected == "coffee"
    assert page.stepper.notes == [
        "mini-vgg has only seen drawn shapes: its answer means little here."
    ]


def test_looking_differently_computes_nothing(make, recorder):
    page = make()
    for name, value, trait in [
        ("channels", "rgb", "view"),
        ("colours", "PuOr_r", "colormap"),
        ("scale", "min-max", "scale"),
    ]:
        set_control(page, name, value)
        assert getattr(page.stepper, trait) == value
    assert len(recorder.explained) == 1


# Uploads, as the browser sends them


def upload(page, data):
    picker = page.controls["picture"]
    picker.set_state({"upload": memoryview(data), "selected": "", "uploads": picker.uploads + 1})
    assert page.wait(30)


def test_an_uploaded_picture_is_explained_and_cannot_travel(make, recorder):
    page = make()
    upload(page, b"a picture")
    assert page._request.picture == b"a picture"
    assert len(recorder.explained) == 2
    assert page.stepper.notes[-1] == "Your picture cannot travel in a link."
    assert "cannot travel" in page.header.note
    assert page.header.query.startswith(f"picture={own_picture(b'a picture')}&")


def test_what_is_no_picture_is_answered_and_the_last_result_stays(make):
    page = make("picture=heart&network=mini-vgg")
    before = page.explanation
    upload(page, b"not a picture")
    assert page.stepper.error == "These bytes are no picture."
    assert page.explanation is before
    assert page.controls["picture"].selected == "heart"
    assert not page.stepper.stale
    page.controls["picture"].set_state({"selected": "ring"})
    assert page.wait(30)
    assert page.stepper.error == ""


def test_after_a_bad_upload_the_good_one_before_is_back(make):
    page = make()
    upload(page, b"a picture")
    upload(page, b"not a picture")
    assert page.controls["picture"].picture == b"a picture"


# Errors


def test_an_error_puts_the_controls_back(make):
    page = make("network=mini-vgg&explain=contrast")
    set_control(page, "target", 1)
    assert page.stepper.error == "A contrast needs two different classes."
    assert page.controls["target"].value == -1
    assert shown(page)[4:] == ("contrast", "circle")


def test_what_nobody_expected_is_one_sentence_and_logged(make, recorder, caplog):
    page = make()
    recorder.problem = RuntimeError("first line\nTraceback: …")
    set_control(page, "weights", "random")
    assert page.stepper.error == (
        "Something went wrong that should not have (RuntimeError); the last good result stays."
    )
    assert page.controls["weights"].value == "pretrained"
    assert "Traceback" in caplog.text


def test_an_impossible_address_falls_back_to_the_first_result(make):
    page = make("network=mini-vgg&explain=logit&target=unicorn")
    assert page.stepper.error == "mini-vgg has no class 'unicorn'."
    assert shown(page)[0] == "tiny-darknet"
    assert page.controls["explain"].value == "softmax"


# A network that is not on the disk


def test_a_missing_network_is_offered_with_its_size(make, recorder):
    page = make()
    set_control(page, "network", "vgg16")
    assert page.prompt.is_open
    assert "<b>VGG16</b>" in page.prompt._question.value
    assert "553 MB" in page.prompt._question.value
    assert page.stepper.stale
    page.prompt.cancel.click()
    assert not page.prompt.is_open
    assert not page.stepper.stale
    assert page.controls["network"].value == "mini-vgg"
    assert page.controls["picture"].selected == "star"
    assert len(recorder.explained) == 1


def test_random_weights_need_no_download(make):
    page = make()
    set_control(page, "network", "vgg16")
    page.prompt.random.click()
    assert page.wait(30)
    assert shown(page)[:2] == ("vgg16", "random")
    assert page.controls["weights"].value == "random"
    assert page.stepper.notes[0].startswith("Random weights")


def test_fetching_locks_the_settings_until_it_is_done(make, recorder, store):
    page = make()
    set_control(page, "network", "vgg16")
    recorder.gate.clear()
    page.prompt.fetch.click()
    assert page.stepper.cancellable
    assert page.controls["pooling"].disabled
    recorder.gate.set()
    assert page.wait(30)
    assert shown(page)[:2] == ("vgg16", "pretrained")
    assert not page.stepper.cancellable
    assert not page.controls["pooling"].disabled


def test_getting_a_network_ready_can_be_cancelled(make, recorder):
    page = make()
    recorder.gate.clear()
    set_control(page, "network", "vgg16")
    page.prompt.random.click()
    assert not page.stepper.cancellable
    page.stepper.progress = 0.25  # as laying out its weights tells
    assert page.stepper.cancellable
    page.stepper.cancelled += 1
    assert not page.stepper.cancellable
    assert page.controls["network"].value == "mini-vgg"
    recorder.gate.set()
    assert page.wait(30)
    assert shown(page)[0] == "mini-vgg"


def test_going_back_while_a_network_gets_ready_leaves_nothing_to_cancel(make, recorder):
    page = make()
    recorder.gate.clear()
    set_control(page, "network", "vgg16")
    page.prompt.random.click()
    page.stepper.progress = 0.25
    page.controls["weights"].value = "pretrained"
    set_control(page, "network", "mini-vgg")
    assert not page.stepper.cancellable
    recorder.gate.set()
    assert page.wait(30)
    assert shown(page)[0] == "mini-vgg"


def test_a_download_that_fails_says_why_and_goes_on(make, recorder):
    page = make()
    set_control(page, "network", "vgg16")
    recorder.problem = OSError("There is no internet here.")
    page.prompt.fetch.click()
    assert page.wait(30)
    assert page.stepper.error == "There is no internet here."
    assert page.controls["network"].value == "mini-vgg"
    assert not page.controls["pooling"].disabled
    recorder.problem = None
    set_control(page, "pooling", "max")
    assert page.stepper.error == ""
    assert shown(page)[3] == "max"


def test_a_download_can_be_cancelled(make, recorder):
    page = make()
    began, told = threading.Event(), threading.Event()

    def load(name, weights, seed, report, cancel):
        began.set()
        assert cancel.wait(30)
        told.set()
        raise OSError("Cancelled.")

    page._requests._session._load = load
    set_control(page, "network", "vgg16")
    page.prompt.fetch.click()
    assert began.wait(30)
    page.stepper.set_state({"cancelled": 1})
    assert told.wait(30)
    assert page.wait(30)
    assert page.stepper.error == ""
    assert page.controls["network"].value == "mini-vgg"
    assert not page.stepper.stale


def test_a_link_to_a_missing_network_shows_a_result_beside_the_question(make):
    page = make("network=vgg16&layer=conv&pooling=max&lock=1")
    assert page.prompt.is_open
    assert shown(page)[0] == "tiny-darknet"
    page.prompt.random.click()
    assert page.wait(30)
    assert shown(page)[:4] == ("vgg16", "random", 0, "max")
    assert page.stepper.current == "conv"
    assert page.controls["pooling"].disabled


# The link

LINK = (
    "picture=ring&network=mini-vgg&weights=random&seed=3&pooling=max&explain=contrast"
    "&target=heart&other=star&layer=conv&quantity=activation&channel=2&channels=rgb"
    "&colours=seismic&scale=min-max&limits=common&percentile=98.0&overlay=0.4&hide=network,weights"
    "&lock=1&pin=conv:0,1&unfolded=conv&blocks=1&pace=500&strength=0.25&mirrored=0&quick=1"
)


def test_a_link_opens_exactly_the_state_that_wrote_it(make):
    page = make(LINK)
    assert shown(page) == ("mini-vgg", "random", 3, "max", "contrast", "heart")
    assert page.explanation.other == "star"
    stepper = page.stepper
    assert (stepper.current, stepper.quantity, stepper.channel) == ("conv", "activation", 2)
    assert (stepper.view, stepper.scale, stepper.limits) == ("rgb", "min-max", "common")
    assert page.header.query == LINK


def test_the_link_follows_what_is_looked_at(make):
    page = make()
    assert page.header.query == "picture=star&network=mini-vgg"
    page.stepper.set_state({"current": "conv", "overlay": 0.5})
    assert page.header.query == "picture=star&network=mini-vgg&layer=conv&overlay=0.5"


def test_a_class_whose_name_is_not_unique_travels_by_number(make):
    page = make("network=tiny-darknet")
    set_control(page, "explain", "logit")
    set_control(page, "target", 2)
    assert page.header.query.endswith("&explain=logit&target=2")


def test_what_an_address_gets_wrong_is_noted_until_something_is_chosen(make):
    page = make("network=mini-vgg&pooling=mean&layer=conv99")
    assert len(page.stepper.notes) == 2
    assert "“mean”" in page.stepper.notes[0]
    assert "“conv99”" in page.stepper.notes[1]
    assert page.stepper.current == "input"
    set_control(page, "pooling", "max")
    assert page.stepper.notes == []


def test_the_address_of_the_page_is_read_under_voila(store, recorder, monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "network=mini-vgg&pooling=max")
    page = Dashboard(session=recorder.session())
    assert page.wait(30)
    assert shown(page)[3] == "max"


def hidden_controls(page):
    return {n for n, c in page.controls.by_name.items() if c.layout.display == "none"}


def test_hidden_controls_take_their_companions_along(make):
    page = make("network=mini-vgg&weights=random&explain=contrast&hide=weights,explain")
    unneeded = hidden_controls(make("network=mini-vgg&weights=random&explain=contrast"))
    assert hidden_controls(page) - unneeded == {"weights", "seed", "explain", "target", "other"}


def test_everything_can_be_hidden_that_may_be_named():
    assert set(HIDEABLE) <= {*HELP, "method"}  # pane B's own


def test_lock_leaves_only_looking(make):
    page = make("network=mini-vgg&lock=1")
    assert all(control.disabled for control in page.controls.by_name.values())


# Names and explanations


def test_every_control_has_a_name_and_one_sentence(make):
    page = make()
    assert set(page.controls.by_name) == set(HELP) == set(LABELS)
    for name, control in page.controls.by_name.items():
        assert HELP[name].endswith(".")
        if name not in ("picture", "rules"):  # made of parts that have names of their own
            assert control.description == LABELS[name]
            assert control.tooltip == HELP[name]


def test_the_gallery_shows_every_sample(make):
    samples = make().controls["picture"].samples
    assert [sample["name"] for sample in samples] == list(SAMPLES)
    assert {sample["kind"] for sample in samples} == {"photograph", "scene"}
    assert all(sample["source"].startswith("data:image/jpeg;base64,") for sample in samples)


def test_a_loop_that_is_not_a_kernel_s_is_left_alone(store, recorder):
    async def open_page():
        page = Dashboard("network=mini-vgg", recorder.session())
        assert page.wait(30)
        return page.stepper.current

    # The loop cannot run while `wait` blocks it; the result is there all the same. (In a thread,
    # because Playwright keeps a loop running in this one.)
    with ThreadPoolExecutor() as pool:
        assert pool.submit(lambda: asyncio.run(open_page())).result() == "input"


# Rules


def test_rules_reach_the_explanation_the_link_and_the_code(make):
    page = make("network=mini-vgg&rules=epsilon-plus,dense:gamma:0.1")
    assert page.explanation.settings["rules"] == "epsilon-plus,dense:gamma:0.1"
    assert "rules=epsilon-plus,dense:gamma:0.1" in page.header.query
    set_control(page, "rules", "z-plus,dense:flat")
    assert page.explanation.settings["rules"] == "z-plus,dense:flat"
    set_control(page, "network", "tiny-darknet")  # whose blocks are others
    assert page.explanation.settings["rules"] == "z-plus"


def test_rules_that_nobody_knows_are_ignored_with_a_note(make):
    page = make("network=mini-vgg&rules=delta")
    assert page.explanation.settings["rules"] == "z-plus"
    assert "rules" in page.stepper.notes[0]


def test_the_display_stays_while_blocks_are_open(make):
    page = make()
    for opened in (True, False):
        page.controls["rules"].opened = opened
        assert page.controls._display.layout.display is None
