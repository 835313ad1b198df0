"""A kernel that waits for its visitor still follows the address."""

import pytest
from dashboard_page import copied_link
from processes import ROOT

pytestmark = pytest.mark.browser

PATIENCE = 120_000  # milliseconds; two kernels load TensorFlow on a busy machine


def test_a_preheated_page_follows_its_address(voila_server, page):
    address = voila_server(ROOT / "notebooks" / "dashboard.ipynb", preheat=True)
    query = "picture=ring&network=mini-vgg&weights=random"
    page.goto(f"{address}?{query}", timeout=PATIENCE)
    page.locator(".lrp-frames canvas").first.wait_for(timeout=PATIENCE)
    assert set(query.split("&")) <= set(copied_link(page).split("?")[1].split("&"))
    assert page.problems == []
