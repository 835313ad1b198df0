"""What tests in a browser do with the dashboard: change it, wait for it, copy its link."""

from lrp_widgets._support.paths import folder

# Milliseconds that a page may take for what it shows in the end: TensorFlow may load on a busy
# machine, and no test is about speed.
PATIENCE = 180_000

NOTEBOOK = folder("notebooks") / "dashboard.ipynb"

# Whatever is downloaded goes here, where nobody listens: no internet, on every machine.
NO_INTERNET = {f"{scheme}_proxy": "http://127.0.0.1:9" for scheme in ("http", "https", "all")}


def wait_for_result(page):
    page.locator(".lrp-frames canvas").first.wait_for(timeout=PATIENCE)
    wait_until_fresh(page)


def wait_until_fresh(page):
    page.wait_for_function(
        """() => {
          const stepper = document.querySelector(".lrp-stepper");
          const busy = document.querySelector(".lrp-busy:not([hidden])");
          return !busy && !("stale" in stepper.dataset);
        }""",
        timeout=PATIENCE,
    )


def change(page, action):
    """Do something that recomputes, see the old result fade, and wait for the new one."""
    page.evaluate(
        """() => {
          window.faded = false;
          const stepper = document.querySelector(".lrp-stepper");
          new MutationObserver(() => { window.faded ||= "stale" in stepper.dataset; })
            .observe(stepper, { attributes: true });
        }"""
    )
    action()
    page.wait_for_function("() => window.faded === true", timeout=PATIENCE)
    wait_until_fresh(page)


def wait_for_query(page, **expected):
    """Wait until the address sets these; None: not at all."""
    page.wait_for_function(
        """(expected) => {
          const found = new URLSearchParams(location.search);
          return Object.entries(expected).every(([name, value]) => found.get(name) === value);
        }""",
        arg=expected,
        timeout=PATIENCE,
    )


def copied_link(page):
    """What "Copy link" shows where the clipboard refuses."""
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy link").click()
    return page.get_by_role("textbox", name="Link to this state").input_value()


def spills(page):
    """What sticks out of the window or out of its own card, by class; Judge's measures scroll."""
    return page.evaluate(
        """() => {
          const out = [];
          const wide = document.documentElement;
          if (wide.scrollHeight > innerHeight || wide.scrollWidth > innerWidth) out.push("page");
          for (const one of document.querySelectorAll(".lrp-dashboard *")) {
            const box = one.getBoundingClientRect();
            if (!box.width || !box.height || !one.checkVisibility()) continue;
            if (one.matches(".lrp-unseen, .lrp-unseen *, .lrp-judge-below *")) continue;
            if (box.right > innerWidth + 1 || box.bottom > innerHeight + 1) out.push(one.className);
          }
          for (const one of document.querySelectorAll(".lrp-controls, .widget-toggle-button")) {
            if (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1) {
              out.push(one.textContent);
            }
          }
          return out;
        }"""
    )
