"""The dashboard's views in a real browser: how a person gets to each, for tests of all of them."""

from dashboard_page import PATIENCE, wait_until_fresh

# What the address of a view says; "" opens the stepping view, from which clicks go on.
QUERIES = {
    "step": "",
    "causes": "network=mini-densenet&rules=epsilon-plus&explain=logit&totals=causes",
    "channels": "layer=block3_conv2&ranked=1&through=block3_conv2:5",
    "steps": "layer=block1_pool&step=z",
    "microscope": "layer=block1_pool&unit=block1_pool:16,9,15",
    "compare": "view=compare",
    "judge": "view=judge&patch=16",
    "live": "view=live",
    "tour": "tour=1",
    "download": "",
    "rules": "",
}


def open_view(page, address, name):
    """Open a view by its name in `QUERIES`, and wait until it shows what it has to show."""
    page.goto(f"{address}?{QUERIES[name]}")
    page.locator(".lrp-frames canvas").first.wait_for(state="attached", timeout=PATIENCE)
    wait_until_fresh(page)
    match name:
        case "steps":
            page.locator(".lrp-lines .lrp-current").wait_for(timeout=PATIENCE)
        case "channels":
            page.locator(".lrp-channel-list li").first.wait_for(timeout=PATIENCE)
        case "causes":
            page.locator(".lrp-fall").wait_for(timeout=PATIENCE)
        case "microscope":
            page.locator(".lrp-unit-lines").wait_for(timeout=PATIENCE)
        case "compare":
            page.locator(".lrp-correlation").wait_for(timeout=PATIENCE)
        case "judge":
            page.locator(".lrp-judge .lrp-chart-legend li").nth(4).wait_for(timeout=PATIENCE)
            page.locator(".lrp-judge:not([data-stale])").wait_for(timeout=PATIENCE)
        case "tour":
            page.locator(".lrp-tour[aria-busy=false]").wait_for(timeout=PATIENCE)
        case "download":
            page.get_by_role("button", name="Download").click()
            page.get_by_role("menu").wait_for()
        case "rules":
            page.get_by_role("button", name="blocks").click()
            page.locator(".lrp-rules-rows .lrp-control").first.wait_for(timeout=PATIENCE)


def settle(page):
    """Wait until the page is laid out and drawn at its present size."""
    page.evaluate(
        """async () => {
          for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
        }"""
    )
