"""What is open, to whom, and what is said to everyone else."""

import asyncio
import re

import panel as pn
import pytest
from tests.browser.driving import free_port
from tests.serving.peers import Peer, asked, get, ticket

from crossent.internals import application_of
from crossent.serve import build_server

SLUG = "[a-z0-9]+(?:-[a-z0-9]+)*"
OPEN = [  # every route there is, in order; a new one is a line here, thought about
    "/ws$",
    r"/assets/[0-9a-f]{12}/(crossent\.css|crossent\.js)$",
    rf"/assets/[0-9a-f]{{12}}/programs/({SLUG})\.js$",
    rf"/assets/[0-9a-f]{{12}}/samples/({SLUG})\.json$",
    r"/assets/[0-9a-f]{12}/library/([a-z0-9.-]+\.min\.js)$",
    r"/assets/[0-9a-f]{12}/(favicon\.svg|fonts/[a-z0-9-]+\.woff2)$",
    r"/favicon\.ico()$",
    "/$",
    "/practice$",
    "/how-we-know$",
    f"/figures/({SLUG})$",
    f"/test/({SLUG})$",
    f"/({SLUG})$",
    f"/((?:figures/|test/)?{SLUG})/$",
]


def patterns(server) -> list[str]:
    """The routes of a server's application."""
    rules = application_of(server).wildcard_router.rules
    return [rule.matcher.regex.pattern for rule in rules]


def test_nothing_is_open_but_what_our_pages_use(aside):
    async def look() -> tuple[list[str], list[str]]:
        ours, panels = build_server(port=free_port()), pn.io.server.get_server({"/": lambda: ""})
        found = patterns(ours), patterns(panels)
        for server in (ours, panels):
            server._http.stop()
        return found

    ours, panels = aside(look())
    assert ours == OPEN
    # What Panel and Bokeh register of themselves; more of it here means more to look at.
    assert len(panels) == 10
    assert set(panels) & set(ours) <= {"/ws$"}


CLOSED = [
    "/components/unittest.__main__/a/__css__/x",
    "/components/torch/Tensor/__css__/x",
    "/components/panel.pane/Markdown/__css__/x",
    "/autoload.js?bokeh-autoload-element=x",
    "/surprise/autoload.js?bokeh-autoload-element=x",
    "/static/js/bokeh.min.js",
    "/static/extensions/panel/panel.min.js",
    "/static/extensions/panel/../../../../../etc/passwd",
    "/metadata",
    "/surprise/metadata",
    "/rest/session_info",
    "/rest/",
    "/liveness",
    "/admin",
    "/figures/prediction-bars/ws",
    "/figures/",
    "/figures",
    "/assets/",
    "/assets/000000000000/",
    "/assets/000000000000/palette.json",
    "/assets/000000000000/runtime/main.js",
    "/assets/000000000000/templates/head.html",
    "/assets/000000000000/library/bokeh-api.min.js",
    "/assets/000000000000/library/../../pyproject.toml",
    "/assets/000000000000/library/..%2f..%2fx.min.js",
    "/assets/000000000000/fonts/../palette.json",
    "/assets/000000000000/programs/nothing.js",
    "/assets/000000000000/programs/__class__.js",
    "/assets/000000000000/programs/all.js",
    "/assets/000000000000/samples/nothing.json",
    "/assets/000000000000/samples/mse-vs-ce.js",
    "/assets/000000000000/samples/../programs/x.json",
    "/..%2f..%2fpyproject.toml",
    "/%2e%2e/%2e%2e/etc/passwd",
    "//etc/passwd",
    "//evil.example/",
    "///",
    "/\\evil.example/",
    "/%5cevil.example/",
    "/surprise%00",
    "/%00",
    "/surprise%0d%0aSet-Cookie:x=1",
    "/surprise%ff%fe",
    "/figures/prediction-bars%00",
    "/figures/..",
    "/figures/%2e%2e/surprise",
    "/surprise//",
    "/surprise.html",
    "/Surprise",
    "/__class__",
    "/{{7*7}}",
    "/${jndi:ldap://x}",
    "/<script>alert(1)</script>",
    "/%3Cscript%3Ealert(1)%3C/script%3E",
    "/" + "a" * 8000,
    "/" + "a-" * 4000,
    "/.git/config",
    "/crossent/serve.py",
    "/components/",
    "/components/os/system/__css__/x",
    "/components/crossent.serve/serve/__css__/x",
    "/Components/unittest.__main__/a/__css__/x",
    "/components//unittest.__main__/a/__css__/x",
    "/%63omponents/unittest.__main__/a/__css__/x",
    "/components/unittest.__main__%2fa/__css__/x",
    "/figures/components/antigravity/a/__css__/x",
    "/ws/components/torch/Tensor/__css__/x",
    "/assets/000000000000/components/torch/Tensor/__css__/x",
    "/rest/panel",
    "/session_info",
    "/oauth2/login",
    "/ws/",
]


@pytest.mark.parametrize("target", CLOSED)
def test_what_no_page_asks_for_is_one_sentence(site, target):
    status, said = get(site, target)
    assert status in (400, 403, 404), said
    head, _, body = said.partition("\r\n\r\n")
    assert "<h1>" in body or not body
    for secret in ("Traceback", "site-packages", "/app/crossent", "root:", "<script>alert"):
        assert secret not in said
    assert "location" not in head.lower()


def test_no_address_makes_a_session_or_chooses_its_name(site):
    for target in ("/surprise?bokeh-session-id=evil", "/surprise?bokeh-token=evil"):
        status, said = get(site, target, **{"Bokeh-Session-Id": "evil"})
        assert status == 200
        assert "evil" not in said
    assert ticket(site) != ticket(site)


def test_an_address_makes_no_run(site):
    """It would be long work for everyone; the page asks for it by its socket."""
    start = re.compile(r'"initial":{"state":{[^}]*"learning_rate":([0-9.]+)')
    status, said = get(site, "/figures/double-softmax?learning_rate=7.77")
    assert status == 200
    assert start.findall(said) == ["2.0"]


METHODS = ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X"]


@pytest.mark.parametrize("method", METHODS)
def test_pages_are_asked_for_with_get(site, method):
    for target in ("/", "/ws", "/figures/prediction-bars", "/none"):
        assert get(site, target, method)[0] == 405


@pytest.mark.parametrize("target", ["/", "/surprise", "/figures/prediction-bars", "/favicon.ico"])
def test_head_says_what_get_would_and_sends_nothing(site, target):
    request = f"HEAD {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    said = asked(site, request.encode())
    assert said.startswith(b"HTTP/1.1 200")
    assert not said.partition(b"\r\n\r\n")[2]


def test_a_request_with_a_body_is_none_for_a_page(site):
    assert get(site, "/", **{"Content-Length": "100000000"})[0] in (0, 400)
    said = asked(
        site, b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n"
    )
    assert b" 200 " not in said


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "evil.example:5006", "127.0.0.1.evil.example", "localhost.evil.example"),
        *("127.0.0.1@evil.example", "", "a b", "[::1", "8.8.8.8", "x" * 300, "%00", "localhost,x"),
    ],
)
def test_a_server_answers_to_its_own_names_alone(site, host):
    for target in ("/", "/ws", "/assets/000000000000/crossent.js", "/none"):
        status, said = get(site, target, Host=host)
        assert status in (400, 421), said
        assert "token" not in said.replace("/figures/next-token", "").replace("next token", "")


def test_its_names_are_taken_on_any_port(site):
    for host in ("localhost", "LOCALHOST:1234", "127.0.0.1:99", "[::1]:5006", "localhost."):
        assert get(site, "/favicon.ico", Host=host)[0] == 200


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:{port}", "http://127.0.0.1:{port}", 101),
        ("localhost:{port}", "http://localhost:{port}", 101),
        ("127.0.0.1:{port}", "http://localhost:{port}", 403),
        ("127.0.0.1:{port}", "http://127.0.0.1:1", 403),
        ("127.0.0.1:{port}", "null", 403),
        ("127.0.0.1:{port}", "file://", 403),
        ("127.0.0.1:{port}", "http://evil.example", 403),
        ("evil.example", "http://evil.example", 421),
    ],
)
def test_a_socket_is_for_pages_of_this_server(site, aside, host, origin, status):
    async def knock() -> int:
        token = await asyncio.to_thread(ticket, site)
        given = {"Host": host.format(port=site.port), "Origin": origin.format(port=site.port)}
        found, peer = await Peer.knock(site, token, **given)
        peer.leave()
        return found

    assert aside(knock()) == status


@pytest.mark.parametrize("target", ["/", "/ws"])
def test_an_origin_that_nobody_can_read_is_one_sentence(site, target):
    status, said = get(site, target, Origin="http://[::1")
    assert status == 400
    assert "does not understand this request" in said


def test_a_page_that_has_no_name_is_advised_none(site, aside):
    async def knock() -> int:
        token = await asyncio.to_thread(ticket, site)
        status, peer = await Peer.knock(site, token, Origin="null")
        peer.leave()
        return status

    assert aside(knock()) == 403
    said = site.log.read_text()
    assert "A page without an address of its own, as a file's, was refused a socket" in said
    assert "--allow-origin ?" not in said


@pytest.mark.parametrize(
    ("given", "leads"),
    [
        ("/surprise/", "/surprise"),
        ("/surprise/?lang=fr&x=1", "/surprise?lang=fr&x=1"),
        ("/figures/prediction-bars/", "/figures/prediction-bars"),
        ("/test/training/?seed=2", "/test/training?seed=2"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(site, given, leads):
    status, said = get(site, given)
    assert status == 301
    assert f"\r\nLocation: {leads}\r\n" in said


def test_what_there_is_not_is_said_in_the_visitors_language(site):
    status, said = get(site, "/figures/prediction-bar", **{"Accept-Language": "fr"})
    assert status == 404
    assert '<html lang="fr">' in said
    assert "vouliez-vous dire «\u202fprediction-bars\u202f»\u202f?" in said.replace(
        "\xa0", "\u202f"
    )
    assert "Did you mean" not in said
    assert "Il n’y a pas de page" in get(site, "/nowhere?lang=fr")[1]
    assert "There is no page" in get(site, "/nowhere?lang=xx")[1]
