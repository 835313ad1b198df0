"""What our answers forbid the browser, whoever serves them; the pages' own tests run under it."""

import urllib.request

import pytest

from lrp_widgets._support.paths import folder
from lrp_widgets.app import headers


def test_nothing_comes_from_other_hosts_and_no_text_becomes_code():
    parts = dict(part.split(" ", 1) for part in headers.policy().split("; "))
    assert parts["default-src"] == "'self'"
    assert parts["object-src"] == "'none'"
    words = {word for allowed in parts.values() for word in allowed.split()}
    assert words == {"'self'", "'none'", "'unsafe-inline'", "blob:", "data:"}


def test_whose_frames_may_show_a_page_is_a_setting(monkeypatch):
    monkeypatch.delenv(headers.SETTING, raising=False)
    assert headers.frame_ancestors() is None
    assert "frame-ancestors" not in headers.policy()
    origins = "'self' https://moodle.example.org:8443 https://*.example.edu"
    monkeypatch.setenv(headers.SETTING, origins)
    assert headers.policy(headers.frame_ancestors()).endswith(f"; frame-ancestors {origins}")
    monkeypatch.setenv(headers.SETTING, "moodle.example.org; script-src *")
    sentence = (
        r"^LRP_WIDGETS_FRAME_ANCESTORS names origins such as .*, not 'moodle.example.org;'\.$"
    )
    with pytest.raises(ValueError, match=sentence):
        headers.frame_ancestors()


def test_a_jupyter_server_s_own_headers_stay_beside_ours(lab_server):
    url = lab_server(folder("notebooks").parent, "/user/x/")
    with urllib.request.urlopen(f"{url}voila/render/notebooks/teaching_guide.html") as reply:
        theirs, ours = reply.headers.get_all("Content-Security-Policy")
    assert theirs.startswith("frame-ancestors 'self'; report-uri ")
    assert ours == headers.policy()
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "same-origin"


def test_our_setting_says_who_may_frame_a_page_of_a_jupyter_server(lab_server):
    platform = "https://moodle.example.org"
    url = lab_server(folder("notebooks").parent, "/user/x/", **{headers.SETTING: platform})
    with urllib.request.urlopen(f"{url}voila/render/notebooks/index.ipynb") as reply:
        (policy,) = reply.headers.get_all("Content-Security-Policy")
    assert policy == headers.policy(platform)
