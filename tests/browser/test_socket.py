"""The server's end: nonsense, several visitors, a server that goes away and comes back."""

import re
from urllib.request import urlopen

from playwright.sync_api import expect
from tests.browser.driving import IDLE, FigurePage, ServedSite, differences

# Each is sent from the page as it is; each must be answered with a sentence.
NONSENSE = {
    "a number": "7",
    "a text": "'hello'",
    "null": "null",
    "a list": "[1, 2, 3]",
    "an empty object": "({})",
    "no state": "({ seq: 1, figure: id })",
    "no figure": "({ seq: 1, state })",
    "an unknown figure": "({ ...right, figure: 'other' })",
    "a figure that is a list": "({ ...right, figure: [id] })",
    "a state that is a list": "({ ...right, state: [1] })",
    "a state with nan": "({ ...right, state: { ...state, logits: [NaN, 1, 2] } })",
    "a state with infinity": "({ ...right, state: { ...state, temperature: Infinity } })",
    "an unknown entry": "({ ...right, state: { ...state, __class__: 1 } })",
    "many logits": "({ ...right, state: { ...state, logits: Array(2000).fill(0) } })",
    "too many logits": "({ ...right, state: { ...state, logits: Array(9000).fill(0) } })",
    "nested objects": "({ ...right, state: { logits: [[[{ a: [] }]]] } })",
    "an edit that is a text": "({ ...right, edit: 'step' })",
    "an edit of Python's own": "({ ...right, edit: { ...step, name: '__class__' } })",
    "an edit named __init__": "({ ...right, edit: { ...step, name: '__init__' } })",
    "a huge index": "({ ...right, edit: { ...step, index: 1e15 } })",
    "a value that is nan": "({ ...right, edit: { ...step, value: NaN } })",
    "a value that is a text": "({ ...right, edit: { ...step, value: '1' } })",
    "a number that is a text": "({ ...right, seq: 'x' })",
}
SEND = """async (made) => {
  const figure = document.querySelector("[data-figure]");
  const { link } = window.crossent;
  const id = figure.linkId, state = figure.state;
  const right = { seq: 1, figure: id, state }, step = { name: "step", index: 0, value: 1 };
  const answers = [];
  link.model.on("msg:custom", (event) => answers.push(event.data ?? event));
  link.model.send_msg(eval(made));
  const end = performance.now() + 30_000;
  while (!answers.length && performance.now() < end) await new Promise((r) => setTimeout(r, 5));
  return answers[0] ?? null;
}"""


def test_nonsense_is_answered_with_a_sentence_and_harms_nobody(visit):
    page, other = visit.figure("logit-gradient"), visit.figure("logit-gradient")
    page.page.wait_for_function("() => window.crossent.link.model")
    before = other.readouts()
    for case, message in NONSENSE.items():
        answer = page.page.evaluate(SEND, message)
        assert answer, f"{case}: no answer"
        assert answer["error"], case
        assert len(answer["error"]) < 300, case
        assert "Traceback" not in answer["error"], case
    assert other.readouts() == before
    for each in (page, other):
        each.drag("cat", -2)
        assert each.now("cat") == -2
        assert differences(each) == {}


def test_visitors_do_not_see_each_others_states(visit):
    pages = [visit.figure("prediction-bars") for _ in range(3)]
    for page, value in zip(pages, (0.2, 0.5, 0.9), strict=True):
        page.drag("fox", value)
    assert [page.now("fox") for page in pages] == [0.2, 0.5, 0.9]
    assert all(differences(page) == {} for page in pages)


def test_a_server_that_comes_back_finds_the_page_as_it_was_left(visit, own_site: ServedSite):
    page = FigurePage(visit.open(own_site.figure_url("prediction-bars"), watch=False)).ready()
    page.page.wait_for_function("() => window.crossent.link.model")
    start = page.state
    page.drag("fox", 0.9)
    left = page.state
    own_site.kill()
    notice = page.page.get_by_role("alert")
    expect(notice).to_contain_text("The server cannot be reached")
    own_site.start()
    expect(notice).to_be_hidden(timeout=20_000)
    assert page.state == left
    assert page.now("fox") == 0.9
    page.drag("owl", 0.4)
    assert page.now("owl") == 0.4
    assert differences(page) == {}
    page.button("Undo").click()
    page.idle()
    page.button("Undo").click()
    assert page.idle().state == start
    assert differences(page) == {}


def test_a_drag_during_an_outage_is_answered_when_the_server_is_back(visit, own_site: ServedSite):
    page = FigurePage(visit.open(own_site.figure_url("prediction-bars"), watch=False)).ready()
    page.page.wait_for_function("() => window.crossent.link.model")
    own_site.kill()
    expect(page.page.get_by_role("alert")).to_be_visible()
    page.hold("fox")
    page.mouse.move(*page.place("fox", 0.25), steps=3)
    page.mouse.up()
    assert page.now("fox") in (0.25, 0.6)
    own_site.start()
    expect(page.page.get_by_role("alert")).to_be_hidden(timeout=20_000)
    page.page.wait_for_function(IDLE)
    assert page.now("fox") == page.address["probs"][2] == 0.25
    assert differences(page) == {}


def test_a_page_of_another_origin_gets_no_socket(visit, own_site: ServedSite):
    """Even one that has read a ticket of ours."""
    with urlopen(visit.site.figure_url("prediction-bars")) as response:
        ticket = re.search(r'"token":"([^"]+)"', response.read().decode())[1]
    elsewhere = visit.open(own_site.figure_url("nothing"), watch=False)
    opened = elsewhere.evaluate(
        """([url, ticket]) => new Promise((resolve) => {
          const socket = new WebSocket(url, ["bokeh", ticket]);
          socket.onopen = () => resolve(true);
          socket.onerror = () => resolve(false);
        })""",
        [visit.site.origin.replace("http", "ws") + "/ws", ticket],
    )
    assert opened is False
    assert "A page of 127.0.0.1 was refused a socket" in visit.site.log.read_text()
