"""The teaching guide as a page: without a kernel, and with links that open what they say."""

import re
import urllib.error
import urllib.request

import pytest

from lrp_widgets._support.paths import folder
from lrp_widgets.app import guide_page
from lrp_widgets.lessons import LESSONS
from lrp_widgets.lessons.worksheet import worksheet

GUIDE = (folder("notebooks") / "teaching_guide.md").read_text(encoding="utf-8")


def test_every_chapter_is_there_and_in_the_list():
    page = guide_page.page()
    for each in LESSONS:
        title = f"Lesson {each.number}: {each.title}"
        [anchor] = re.findall(rf'<h2 id="([^"]+)">{re.escape(title)}</h2>', page)
        assert f'<a href="#{anchor}">{title}</a>' in page


def test_links_to_the_dashboard_share_one_tab_and_others_do_not():
    page = guide_page.page()
    opening = re.findall(r'<a target="lrp-dashboard" href="dashboard\.ipynb\?([^"]+)"', page)
    written = re.findall(r"\]\(dashboard\.ipynb\?([^)]+)\)", GUIDE)
    assert [query.replace("&amp;", "&") for query in opening] == written
    assert page.count('target="lrp-dashboard"') == len(written) + 1  # and the one in the page's bar


def test_equations_are_drawn_without_a_script():
    page = guide_page.page()
    assert "<math" in page and "$x" not in page
    assert "<script" not in page


def test_the_page_starts_no_kernel(lab_server):
    url = lab_server(folder("notebooks").parent)
    with urllib.request.urlopen(f"{url}voila/render/notebooks/{guide_page.GuidePage.name}") as page:
        assert "Lesson 1:" in page.read().decode()
    with urllib.request.urlopen(f"{url}voila/render/notebooks/worksheet_02.html") as page:
        assert page.read().decode() == worksheet(2)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{url}voila/render/notebooks/worksheet_77.html")
    with urllib.request.urlopen(f"{url}api/kernels") as kernels:
        assert kernels.read().strip() == b"[]"


def _first_link_opens_its_state(page):
    """Follow lesson 1's first link: activations, of the picture and network that it names."""
    link = page.get_by_role("link", name="Activations of the star")
    with page.context.expect_page() as opened:
        link.click()
    dashboard = opened.value
    dashboard.get_by_role("button", name="activation", pressed=True).wait_for()
    # What the link hides is not there.
    assert dashboard.get_by_label("Picture", exact=True).is_visible()
    assert not dashboard.get_by_label("Pooling", exact=True).is_visible()
    dashboard.close()


@pytest.mark.browser
def test_links_work_where_the_dashboard_is_served_alone(lessons_url, page):
    page.goto(f"{lessons_url}voila/render/index.ipynb")
    page.get_by_role("link", name="the teaching guide").click()
    page.get_by_role("heading", name="Teaching guide").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 1280
    _first_link_opens_its_state(page)
    assert page.problems == []


@pytest.mark.browser
def test_links_work_on_a_jupyter_server_below_another_address(lab_server, page):
    """As on Binder and on a hub: everything lies below /user/x/."""
    url = lab_server(folder("notebooks").parent, base_url="/user/x/")
    page.goto(f"{url}voila/render/notebooks/{guide_page.GuidePage.name}")
    _first_link_opens_its_state(page)


@pytest.mark.browser
def test_in_jupyterlab_the_index_leads_to_the_page(lab_server, page):
    url = lab_server(folder("notebooks").parent)
    page.goto(f"{url}lab/tree/notebooks/index.ipynb")
    # Without a kernel "Run All Cells" does nothing, and says nothing.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    link = page.get_by_role("link", name="the teaching guide")
    link.wait_for()
    with page.context.expect_page() as opened:
        link.click()
    guide = opened.value
    guide.get_by_role("heading", name="Teaching guide").wait_for()
    assert guide.url == f"{url}voila/render/notebooks/{guide_page.GuidePage.name}"


@pytest.mark.browser
def test_the_page_fits_a_phone(lessons_url, new_page):
    page = new_page(width=390, height=844)
    page.goto(f"{lessons_url}voila/render/{guide_page.GuidePage.name}")
    assert page.evaluate("() => document.documentElement.scrollWidth") == 390
