"""A mask is painted by finger, mouse and keyboard: every pixel on the way, one step of undo."""

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pytest
from playwright.sync_api import Locator
from tests.browser.driving import FigurePage, differences
from tests.browser.test_dragging import PHONE, touch

from crossent.figures import figure_named

MODES = ["served", "built"]
pytestmark = pytest.mark.in_turn

EMPTY = {"mask": "576s"}
BALL, VOID = 2, 255
SIZE = 24
Points = Sequence[tuple[float, float]]


def grid_of(page: FigurePage) -> Locator:
    grid = page.root.get_by_role("grid")
    grid.scroll_into_view_if_needed()
    return grid


def cell(page: FigurePage) -> Locator:
    """The cell at the cursor."""
    return page.root.locator("[role=gridcell][tabindex='0']")


def painted(page: FigurePage) -> set[tuple[int, int]]:
    """The pixels of the address's mask that are no sky, (row, column)."""
    pixels = figure_named("pixel-loss").parameters()["mask"].pixels(page.address["mask"])
    return {(int(row), int(column)) for row, column in np.argwhere(pixels != 0)}


def shown(page: FigurePage) -> set[tuple[int, int]]:
    """Those that the grid shows so."""
    letters = (
        grid_of(page)
        .locator("[role=gridcell]")
        .evaluate_all("cells => cells.map((cell) => cell.dataset.class)")
    )
    return {divmod(i, SIZE) for i, letter in enumerate(letters) if letter != "s"}


def passed(page: FigurePage, points: Points) -> set[tuple[int, int]]:
    """The pixels that the straight ways from point to point pass through."""
    box = grid_of(page).bounding_box()
    found = set()
    for (x, y), (to_x, to_y) in itertools.pairwise(points):
        for share in np.linspace(0, 1, 2001):
            column = SIZE * (x + (to_x - x) * share - box["x"]) / box["width"]
            row = SIZE * (y + (to_y - y) * share - box["y"]) / box["height"]
            found.add((math.floor(row), math.floor(column)))
    return found


def at(page: FigurePage, row: float, column: float) -> tuple[float, float]:
    """The whole pixel of the screen next to a place in the grid, in cells."""
    box = grid_of(page).bounding_box()
    return (
        round(box["x"] + column / SIZE * box["width"]),
        round(box["y"] + row / SIZE * box["height"]),
    )


def loop(page: FigurePage, moves: int = 45) -> Points:
    """A figure of eight, in three quarters of a second: the fastest moves pass several pixels."""
    turns = np.linspace(0, 4 * np.pi, moves)
    return [at(page, 12 + 10.3 * math.sin(a), 12 + 10.3 * math.sin(0.5 * a)) for a in turns]


def test_a_finger_at_60_hz_misses_no_pixel_of_its_stroke_and_one_undo_takes_it_back(visit):
    page = visit.figure("pixel-loss", EMPTY, **PHONE)
    way = loop(page)
    session = page.context.new_cdp_session(page.page)
    touch(session, "touchStart", way[0])
    for point in way[1:]:
        touch(session, "touchMove", point)
        page.page.wait_for_timeout(1000 / 60)
    touch(session, "touchEnd")
    page.idle()
    missed = passed(page, way) - painted(page)
    assert missed == set()
    # What is painted beside is no more than corners that the way just touches.
    assert len(painted(page) - passed(page, way)) <= 4
    assert shown(page) == painted(page)
    assert differences(page) == {}
    page.button("Undo").click()
    page.idle()
    assert page.address["mask"] == EMPTY["mask"]
    assert page.button("Undo").is_disabled()


def test_two_events_of_a_mouse_paint_the_whole_line_between_them(visit):
    page = visit.figure("pixel-loss", EMPTY)
    ends = [at(page, 3.5, 0.5), at(page, 20.5, 23.5)]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1])
    page.mouse.up()
    page.idle()
    assert passed(page, ends) <= painted(page)
    assert page.readout("n_ball") == len(painted(page))


def test_a_stroke_that_leaves_the_grid_and_returns_paints_no_border(visit):
    page = visit.figure("pixel-loss", EMPTY)
    page.mouse.move(*at(page, 12.5, 20.5))
    page.mouse.down()
    for row, column in [(12.5, 30.5), (4.5, 30.5), (4.5, 20.5)]:
        page.mouse.move(*at(page, row, column))
    page.mouse.up()
    page.idle()
    assert painted(page) == {(row, column) for row in (4, 12) for column in range(20, 24)}


def test_the_wide_brush_and_void_are_chosen_beside_the_grid(visit):
    page = visit.figure("pixel-loss", EMPTY)
    page.radio("void", "brush").check()
    page.radio("3 × 3", "brush size").check()
    page.mouse.click(*at(page, 0.5, 5.5))
    page.idle()
    assert painted(page) == {(row, column) for row in (0, 1) for column in (4, 5, 6)}
    assert page.readout("n_void") == 6
    assert differences(page) == {}


def test_the_keyboard_moves_a_cursor_and_paints_and_a_run_of_keys_is_one_undo(visit):
    page = visit.figure("pixel-loss", EMPTY)
    cell(page).focus()
    for key in ["Control+Home", "ArrowDown", "ArrowRight", "ArrowRight", "Space"]:
        cell(page).press(key)
    for _ in range(3):
        cell(page).press("Shift+ArrowRight")
    cell(page).press("Shift+ArrowDown")
    cell(page).blur()
    page.idle()
    assert painted(page) == {(1, 2), (1, 3), (1, 4), (1, 5), (2, 5)}
    assert cell(page).get_attribute("aria-label") == "row 3, column 6: ball"
    cell(page).press("Control+z")
    page.idle()
    assert page.address["mask"] == EMPTY["mask"]


def test_no_key_takes_the_cursor_out_of_the_grid(visit):
    page = visit.figure("pixel-loss", EMPTY)
    cell(page).focus()
    for key in ["Control+End", "PageDown", "ArrowRight", "ArrowDown"]:
        cell(page).press(key)
    assert cell(page).get_attribute("aria-label") == "row 24, column 24: sky"
    for key in ["PageUp", "Home"]:
        cell(page).press(key)
    assert cell(page).get_attribute("aria-label") == "row 18, column 1: sky"


def test_another_image_brings_its_mask_and_undo_brings_both_back(visit):
    page = visit.figure("pixel-loss")
    before = page.state
    page.radio("far ball", "image").check()
    page.idle()
    assert page.readout("n_ball") == 12
    page.button("Undo").click()
    page.idle()
    assert page.state == before
