"""The graph of channels in a real browser: drawn, followed, by keys, on a telephone, as a file."""

from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard_page import NOTEBOOK, PATIENCE
from small import picture, small_vgg
from stepper_pages import open_answered

from lrp_widgets import attribution_graph, explain, load_image, load_network
from lrp_widgets.lrp.rules import Zero
from lrp_widgets.widgets import ChannelGraph

pytestmark = pytest.mark.browser

QUERY = "network=mini-vgg&picture=star&view=graph"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def e():
    network = small_vgg(2)
    return explain(network, picture(network), Zero(), start="logit", input_rule=None)


@pytest.fixture
def show(new_page, tmp_path, e):
    def open_page(size=(1000, 700), **traits):
        widget = ChannelGraph(e, ["conv2", "conv1"], top=2, **traits)
        chosen = []
        widget.follow = chosen.append
        return open_answered(new_page(*size), tmp_path / "page.html", widget), chosen

    return open_page


def nodes(page):
    return page.locator(".lrp-graph-node")


def percent(value):
    return f"{100 * value:.1f} %"


def test_all_is_drawn_and_said(show, e):
    page, _ = show()
    graph = attribution_graph(e, ["conv2", "conv1"], top=2)
    assert nodes(page).count() == len(graph.nodes) == 8
    texts = page.locator(".lrp-graph svg text").all_text_contents()
    strongest = graph.nodes[1]
    assert f"{strongest.channels[0]} · {percent(strongest.share)}" in texts
    assert page.locator(".lrp-graph-node image").count() == 8
    bands = page.locator(".lrp-graph-band")
    parts = [part for edge in graph.edges for part in (edge.positive, edge.negative) if part]
    assert bands.count() == len(parts)
    fills = bands.evaluate_all("all => all.map((band) => band.getAttribute('fill'))")
    below = sum(edge.negative > 0 for edge in graph.edges)
    assert sum(fill.startswith("url(#") for fill in fills) == below > 0

    page.locator(".lrp-chart-numbers summary").click()
    rows = page.locator(".lrp-chart-rows tbody tr")
    assert rows.count() == len(graph.edges)
    for row, edge in zip(rows.all(), graph.edges, strict=True):
        cells = row.locator("td").all_inner_texts()
        assert cells[1:4] == [percent(p) for p in (edge.share, edge.positive, edge.negative)]
    nodes(page).nth(1).hover()
    said = page.locator(".lrp-graph-detail").inner_text()
    assert said.startswith(f"Channel {strongest.channels[0]} of conv2")
    for edge in graph.outgoing(strongest):
        assert percent(edge.share) in said
    assert page.locator(".lrp-graph-band.lrp-on").count() > 1


def test_the_keyboard_reaches_every_node_and_follows(show, e):
    page, chosen = show(follows=True)
    page.keyboard.press("Tab")
    focused = "() => Number(document.activeElement.dataset.node)"
    assert page.evaluate(focused) == 0
    for key, node in (("ArrowRight", 1), ("ArrowDown", 2), ("ArrowRight", 5), ("End", 7)):
        page.keyboard.press(key)
        assert page.evaluate(focused) == node
    page.keyboard.press("Enter")  # all pixels cannot be followed alone
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_timeout(50)
    [strongest] = attribution_graph(e, ["conv2", "conv1"], top=2).nodes[4].channels
    assert chosen == [{"conv1": [strongest]}]
    page.keyboard.press("Tab")
    assert page.evaluate("() => !document.activeElement.closest('svg')")


def test_where_nothing_can_be_followed_a_node_is_no_button(show):
    page, chosen = show()
    assert page.locator(".lrp-graph [role=button]").count() == 0
    nodes(page).nth(1).click()
    page.wait_for_timeout(50)
    assert chosen == []


def test_on_a_telephone_layers_stand_one_below_the_other(show):
    page, _ = show((390, 800), follows=True)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    boxes = [node.locator("rect").first.bounding_box() for node in nodes(page).all()]
    tops = [round(box["y"]) for box in boxes]
    assert tops == sorted(tops) and len(set(tops)) == 4
    page.keyboard.press("Tab")
    for key, node in (("ArrowDown", 1), ("ArrowRight", 2)):
        page.keyboard.press(key)
        assert page.evaluate("() => Number(document.activeElement.dataset.node)") == node


def test_on_the_dashboard_it_is_followed_saved_and_found_again(voila_server, page, tmp_path):
    address = voila_server(NOTEBOOK)
    page.goto(f"{address}?{QUERY}")
    nodes(page).first.wait_for(timeout=PATIENCE)
    network = load_network("mini-vgg")
    image = load_image("star", network)
    graph = attribution_graph(explain(network, image, start="softmax"))
    assert nodes(page).count() == len(graph.nodes)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()

    [strongest] = graph.nodes[1].channels
    nodes(page).nth(1).click()
    page.wait_for_function(
        "(text) => location.search.includes(text)",
        arg=f"through=block4_pool:{strongest}",
        timeout=PATIENCE,
    )
    page.wait_for_function(
        "() => document.querySelectorAll('.lrp-graph-node').length === 21", timeout=PATIENCE
    )
    sign = page.locator(".lrp-graph-around .lrp-following")
    assert f"Only through channel {strongest} of block4_pool" in sign.inner_text()

    page.get_by_role("button", name="Download").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="The graph").click()
    assert download.value.suggested_filename == "lrp-star-mini-vgg-graph.svg"
    download.value.save_as(tmp_path / "graph.svg")
    file = ElementTree.parse(tmp_path / "graph.svg").getroot()
    assert file.tag == f"{SVG}svg" and len(list(file.iter(f"{SVG}image"))) == 21
    words = " ".join(node.text for node in file.iter(f"{SVG}text"))
    assert "network: mini-vgg" in words and f"channel {strongest} of block4_pool" in words

    sign.get_by_role("button", name="show all").click()
    page.wait_for_function(
        "() => document.querySelectorAll('.lrp-graph-node').length === 26", timeout=PATIENCE
    )
    assert "through" not in page.url
