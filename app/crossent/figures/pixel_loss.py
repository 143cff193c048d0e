"""Lesson 14: one loss at every pixel of a small image, and what their mean hides."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..components import (
    Action,
    Choice,
    Handle,
    LiveTable,
    Node,
    OneOf,
    Paint,
    Plot,
    Range,
    Readout,
    Row,
    Sentence,
    Sheet,
    Sheets,
    Sources,
    Stack,
    color,
    curve_plot,
    heat,
)
from ..core.kernels import cross_entropy, one_hot
from .figure import Columns, Figure, Preset, State
from .parameters import VOID, Mask, Number, Selector, in_runs

SIZE = 24  # pixels, either way
SOFT = 1.5  # pixels from the model's boundary to where it is as sure as it gets
MOST_SHOWN = 6.0  # nats, the darkest of the heat map
SKY, GROUND, BALL = range(3)
CODES = {"s": SKY, "g": GROUND, "b": BALL, "x": VOID}
X = np.expand_dims(np.arange(SIZE) + 0.5, 0)  # the pixels' middles, from the left
Y = np.expand_dims(SIZE - 0.5 - np.arange(SIZE), 1)  # and from below; row 0 is the top one
AROUND = np.linspace(0.0, 2.0 * np.pi, 61)
HIGH = 330

# Where the ball is and how large, and how high the ground: what the image is made of.
SCENES = {
    "near": {"ball_x": 14.0, "ball_y": 11.5, "radius": 6.0, "horizon": 9.0},
    "far": {"ball_x": 16.0, "ball_y": 13.0, "radius": 2.0, "horizon": 9.0},
}


def is_ball(place: State) -> Any:
    """Which pixels a ball covers."""
    return np.hypot(X - place["ball_x"], Y - place["ball_y"]) < place["radius"]


def true_mask(scene: str) -> Any:
    """What each pixel of a scene's image shows."""
    place = SCENES[scene]
    land = np.where(place["horizon"] > Y, GROUND, SKY) + np.zeros((1, SIZE), dtype=np.int64)
    return np.where(is_ball(place), BALL, land)


def image_of(scene: str) -> Any:
    """How dark each pixel of a scene's image is, from 0 to 1, row 0 at the bottom."""
    place = SCENES[scene]
    across = (X - place["ball_x"]) / place["radius"]
    up = (Y - place["ball_y"]) / place["radius"]
    ball = 0.75 + 0.25 * np.clip(0.5 * across - 0.7 * up, -1.0, 1.0)
    grain = 0.06 * np.sin(1.7 * X + 0.9 * np.sin(2.3 * Y)) * np.sin(1.9 * Y)
    ground = 0.42 + 0.1 * np.sin(0.9 * Y) + grain
    sky = 0.04 + 0.008 * Y + 0.4 * grain
    mask = true_mask(scene)
    dark = np.where(mask == BALL, ball, np.where(mask == GROUND, ground, sky))
    return np.round(dark[::-1], 2)


IMAGES = {scene: image_of(scene) for scene in SCENES}
MASKS = {scene: in_runs(true_mask(scene), CODES) for scene in SCENES}


def around(extreme: Any, pixels: Any) -> Any:
    """The greatest or the least of each pixel and its eight neighbours."""
    for axis in (0, 1):
        first, last = np.split(pixels, [1], axis=axis), np.split(pixels, [SIZE - 1], axis=axis)
        before = np.concatenate([first[0], last[0]], axis=axis)
        after = np.concatenate([first[1], last[1]], axis=axis)
        pixels = extreme(extreme(pixels, before), after)
    return pixels


def near_another(mask: Any) -> Any:
    """Which pixels touch one of another class; those of no class touch none."""
    void = np.equal(mask, VOID)
    most = around(np.maximum, np.where(void, -1, mask))
    least = around(np.minimum, np.where(void, VOID, mask))
    return np.greater(most, least) & np.logical_not(void)


def model_logits(horizon: Any, ball_x: Any, ball_y: Any, radius: Any, confidence: Any) -> Any:
    """The model's logits, (height, width, classes).

    Away from its boundaries the class that it sees is `confidence` above both others.
    """
    inside = radius - np.sqrt((X - ball_x) ** 2 + (Y - ball_y) ** 2)
    ball = np.where(np.greater(radius, 0.0), np.clip(inside / SOFT, -1.0, 1.0), -1.0)
    ground = np.clip((horizon - Y) / SOFT, -1.0, 1.0)
    land = 0.25 * confidence * ground * (1.0 - ball)
    return np.stack([-land, land, np.abs(land) + confidence * ball], axis=-1)


def placed(scene: str, **further: Any) -> State:
    """A state in which the model sees a scene as it is, but for some entries."""
    return {"scene": scene, "mask": MASKS[scene], "confidence": 4.0, "ball_weight": 1.0} | (
        SCENES[scene] | further
    )


def with_rim(scene: str) -> str:
    """A scene's mask with void where two classes meet."""
    mask = true_mask(scene)
    return in_runs(np.where(near_another(mask), VOID, mask), CODES)


OFF = {"ball_x": 12.0, "ball_y": 11.0, "radius": 5.5, "horizon": 10.0}
MODEL_IN_CODE = {
    "PyTorch": (
        "steps = torch.arange(24, dtype=torch.float64)\n"
        'y, x = torch.meshgrid(23.5 - steps, 0.5 + steps, indexing="ij")\n'
        "inside = {radius} - torch.hypot(x - {ball_x}, y - {ball_y})\n"
        "ball = (inside / 1.5).clamp(-1, 1) if {radius} > 0 else -torch.ones_like(x)\n"
        "land = {confidence} / 4 * (({horizon} - y) / 1.5).clamp(-1, 1) * (1 - ball)\n"
        "logits = torch.stack([-land, land, land.abs() + {confidence} * ball])[None]\n"
    ),
    "NumPy": (
        "y, x = 23.5 - np.arange(24)[:, None], 0.5 + np.arange(24)\n"
        "inside = {radius} - np.hypot(x - {ball_x}, y - {ball_y})\n"
        "ball = np.clip(inside / 1.5, -1, 1) if {radius} > 0 else -np.ones((24, 24))\n"
        "land = {confidence} / 4 * np.clip(({horizon} - y) / 1.5, -1, 1) * (1 - ball)\n"
        "logits = np.stack([-land, land, np.abs(land) + {confidence} * ball])\n"
    ),
}
TARGETS_IN_CODE = (
    'runs = re.findall(r"([0-9]*)([a-z])", {mask})\n'
    'letters = "".join(letter * int(count or 1) for count, letter in runs)\n'
    "classes = [dict(s=0, g=1, b=2, x=255)[letter] for letter in letters]\n"
)


class PixelLoss(Figure):
    """A painted mask, a model with two boundaries, and the loss at each of 576 pixels."""

    name_of = "pixel-loss"
    title = "A loss at every pixel"
    summary = "Paint the true mask, drag the model’s boundary, and see where the loss lies."

    scene = Selector(
        "near", options={"near": "near ball", "far": "far ball"}, label="image", doc="What is seen."
    )
    mask = Mask(
        MASKS["near"],
        size=(SIZE, SIZE),
        options={"s": "sky", "g": "ground", "b": "ball", "x": "void"},
        void="x",
        label="true mask",
        doc="The true class of each pixel; void ones are ignored.",
    )
    horizon = Number(
        OFF["horizon"],
        bounds=(0.0, 24.0),
        step=0.1,
        doc="Below this height the model sees ground, in pixels.",
    )
    ball_x = Number(
        OFF["ball_x"], bounds=(0.0, 24.0), step=0.1, doc="The middle of its ball, from the left."
    )
    ball_y = Number(
        OFF["ball_y"], bounds=(0.0, 24.0), step=0.1, doc="The middle of its ball, from below."
    )
    radius = Number(
        OFF["radius"],
        bounds=(0.0, 12.0),
        step=0.1,
        doc="How large the model sees the ball, in pixels; at 0 it sees none.",
    )
    confidence = Number(
        4.0,
        bounds=(0.0, 10.0),
        step=0.1,
        doc="How far the logit of the class that it sees is above the others.",
    )
    ball_weight = Number(
        1.0,
        bounds=(1.0, 50.0),
        step=0.5,
        label="weight of ball",
        doc="What a ball’s pixel counts; those of sky and ground count 1.",
    )

    presets = [
        Preset("Nearly right", placed("near", **OFF), "The loss is a crescent and a strip."),
        Preset("Just right", placed("near"), "What is left lies along the boundaries."),
        Preset(
            "Sure of it",
            placed("near", **OFF, confidence=10.0),
            "A wrong pixel costs 10, and nearly all of the mean is theirs.",
        ),
        Preset(
            "A void rim",
            placed("near", mask=with_rim("near")),
            "The rim has no class and counts nowhere: nan where classes meet.",
        ),
        Preset(
            "A ball not seen",
            placed("far", radius=0.0),
            "Twelve pixels are wrong, and 98 % are right.",
        ),
        Preset(
            "It counts",
            placed("far", radius=0.0, ball_weight=47.0),
            "With weight 47 the ball counts as much as all the rest.",
        ),
    ]

    code = {
        "PyTorch": (
            "import re\n\n"
            "import torch\n"
            "import torch.nn.functional as F\n\n"
            f"{TARGETS_IN_CODE}"
            "targets = torch.tensor(classes).reshape(1, 24, 24)\n\n"
            f"{MODEL_IN_CODE['PyTorch']}"
            "weight = torch.tensor([1.0, 1.0, {ball_weight}], dtype=torch.float64)\n"
            "print(F.cross_entropy(logits, targets, weight=weight, ignore_index=255).item())\n"
        ),
        "NumPy": (
            "import re\n\n"
            "import numpy as np\n\n"
            f"{TARGETS_IN_CODE}"
            "targets = np.array(classes).reshape(24, 24)\n\n"
            f"{MODEL_IN_CODE['NumPy']}"
            "log_probs = logits - np.log(np.exp(logits).sum(0))\n"
            "kept = targets != 255\n"
            "weight = np.array([1.0, 1.0, {ball_weight}])[targets[kept]]\n"
            "losses = -np.moveaxis(log_probs, 0, -1)[kept, targets[kept]]\n"
            'with np.errstate(invalid="ignore"):\n'
            "    print((weight * losses).sum() / weight.sum())\n"
        ),
    }

    @staticmethod
    def compute(
        scene: str,
        mask: Any,
        horizon: Any,
        ball_x: Any,
        ball_y: Any,
        radius: Any,
        confidence: Any,
        ball_weight: Any,
    ) -> Columns:
        """The loss of each pixel, and its means: over all, a class, the band where classes meet."""
        logits = model_logits(horizon, ball_x, ball_y, radius, confidence)
        truth = one_hot(mask, 3)
        losses = cross_entropy(logits, truth)
        void = np.equal(mask, VOID)
        kept = np.where(void, 0.0, 1.0)
        pixels = np.sum(kept)
        counts, sums = np.sum(truth, axis=(0, 1)), np.sum(truth * _last(losses), axis=(0, 1))
        weights = np.stack([1.0, 1.0, ball_weight])
        total = np.sum(weights * sums)
        seen = one_hot(np.argmax(logits, axis=-1), 3) * _last(kept)
        right = np.sum(truth * seen, axis=(0, 1))
        either = counts + np.sum(seen, axis=(0, 1)) - right
        near = near_another(mask)
        band = np.where(near, 1.0, 0.0)
        others = np.log(1.0 + 2.0 * np.exp(-confidence))
        return {
            "image": {"dark": np.expand_dims(IMAGES[scene], 0)},
            "boundary": {
                "x": ball_x + radius * np.cos(AROUND),
                "y": ball_y + radius * np.sin(AROUND),
            },
            "horizon": {"x": np.array([0.0, SIZE]), "y": horizon + np.zeros(2)},
            "heat": {"loss": np.expand_dims(np.where(void, np.nan, losses)[::-1], 0)},
            "band": {
                "x": np.reshape(np.where(near, X, np.nan), (-1,)),
                "y": np.reshape(np.where(near, Y, np.nan), (-1,)),
            },
            "readout": {
                "mean": total / np.sum(weights * counts),
                "plain_mean": np.sum(sums) / pixels,
                "band": np.sum(band * losses) / np.sum(band),
                "rest": np.sum((kept - band) * losses) / np.sum(kept - band),
                "accuracy": np.sum(right) / pixels,
                "iou_ball": right[BALL] / either[BALL],
                **_each("n", counts),
                **_each("loss", sums / counts),
                **_each("found", right / counts),
                **_each("share", weights * sums / total),
                "n_void": SIZE * SIZE - pixels,
                "n_band": np.sum(band),
                "right_pixel": others,
                "wrong_pixel": confidence + others,
                "nothing": np.equal(pixels, 0.0),
                "unseen": np.equal(radius, 0.0) & np.greater(counts[BALL], 0.0),
                "edge": SIZE - 2.0,
                "horizon": horizon,
                "ball_x": ball_x,
                "ball_y": ball_y,
                "top": np.minimum(ball_y + radius, SIZE),
                "side": np.minimum(ball_x + radius, SIZE),
            },
        }

    @staticmethod
    def torch_readouts(torch: Any, state: State) -> dict[str, float]:
        """Torch's own, of logits [1, 3, 24, 24] and targets [1, 24, 24]."""
        functional = torch.nn.functional
        targets = torch.tensor(PixelLoss.parameters()["mask"].pixels(state["mask"])[None])
        model = ("horizon", "ball_x", "ball_y", "radius", "confidence")
        logits = model_logits(*(np.float64(state[name]) for name in model))
        logits = torch.tensor(logits).movedim(-1, 0)[None]
        weight = torch.tensor([1.0, 1.0, state["ball_weight"]], dtype=torch.float64)
        losses = functional.cross_entropy(logits, targets, ignore_index=VOID, reduction="none")
        # A pixel touches another class where a window of three holds more than one.
        truth = torch.stack([(targets == k).double() for k in range(3)], dim=1)
        several = functional.max_pool2d(truth, 3, stride=1, padding=1).sum(dim=1) > 1
        of_class = {
            f"loss_{name}": losses[targets == k].mean().item() for name, k in CLASSES.items()
        }
        return of_class | {
            "mean": functional.cross_entropy(
                logits, targets, weight=weight, ignore_index=VOID
            ).item(),
            "plain_mean": functional.cross_entropy(logits, targets, ignore_index=VOID).item(),
            "band": losses[several & (targets != VOID)].mean().item(),
        }

    # -- edits --

    @staticmethod
    def edit_trace(scene: str) -> dict[str, Any]:
        """The mask that shows what the image does."""
        return {"mask": np.zeros((SIZE, SIZE)) + true_mask(scene)}

    @staticmethod
    def edit_rim(mask: Any) -> dict[str, Any]:
        """Void wherever two classes meet."""
        return {"mask": np.where(near_another(mask), VOID, mask)}

    @staticmethod
    def edit_top(radius: Any, value: Any) -> dict[str, Any]:
        """The ball's middle, from the height of its top."""
        return {"ball_y": np.clip(np.round(value - radius, 1), 0.0, 24.0)}

    @staticmethod
    def edit_side(ball_x: Any, value: Any) -> dict[str, Any]:
        """The ball's radius, from where its right side is."""
        return {"radius": np.clip(np.round(value - ball_x, 1), 0.0, 12.0)}

    edits = {"trace": edit_trace, "rim": edit_rim, "top": edit_top, "side": edit_side}

    @staticmethod
    def view(columns: Sources) -> Node:
        return Stack(
            Row(
                Readout("mean", "mean loss", unit="nats", role="loss", size="large"),
                Readout("band", "mean where classes meet", unit="nats", role="loss"),
                Readout("accuracy", "pixels that are right", format="percent"),
                Readout("iou_ball", "overlap of ball (IoU)", format="percent"),
            ),
            Row(
                Stack(Paint("mask", "true mask", height=HIGH), title="True mask: paint it"),
                Stack(model_plot(columns), title="The model sees: drag it"),
                Stack(loss_plot(columns), title="Loss at each pixel"),
            ),
            Row(
                Stack(
                    Row(Choice("scene", edit="trace"), Action("Void where classes meet", "rim")),
                    Range("confidence", role="prediction"),
                    Range("ball_weight", role="squared"),
                    OneOf(
                        Sentence("Every pixel is void: 0 / 0 is nan.", role="loss", when="nothing"),
                        Sentence(
                            "The model sees no ball, and {accuracy:percent} of the pixels are "
                            "right.",
                            role="squared",
                            when="unseen",
                        ),
                    ),
                ),
                by_class(),
                widths=(1.0, 1.15),
            ),
            shapes(),
        )

    @staticmethod
    def card(columns: Sources) -> Node:
        return Stack(
            Row(Paint("mask", "true mask", height=200), loss_plot(columns, 200)),
            Range("confidence"),
            Readout("mean", "mean loss", unit="nats", role="loss"),
        )


CLASSES = {"sky": SKY, "ground": GROUND, "ball": BALL}


def _last(pixels: Any) -> Any:
    """Pixels with an axis for the classes."""
    return np.expand_dims(pixels, -1)


def _each(stem: str, numbers: Any) -> dict[str, Any]:
    """A readout for each class."""
    return {f"{stem}_{name}": numbers[k] for name, k in CLASSES.items()}


def pixels_plot(height: int) -> Any:
    """An empty plot of the image: a unit is a pixel, from the lower left corner."""
    span = (0, SIZE)
    plot = curve_plot(x_range=span, y_range=span, x_label="", y_label="", height=height)
    plot.min_border = plot.min_border_right = plot.min_border_top = 1
    plot.outline_line_color = color("rule")
    for part in (*plot.axis, *plot.grid):
        part.visible = False
    return plot


def model_plot(columns: Sources) -> Plot:
    """The image, and where the model sees the ground begin and the ball end."""
    plot = pixels_plot(HIGH)
    heat(plot, "dark", columns["image"], x=0, y=0, dw=SIZE, dh=SIZE, ramp=("card", "muted"))
    looks = {"line_width": 3, "line_color": color("prediction")}
    plot.line("x", "y", source=columns["horizon"], **looks)
    plot.line("x", "y", source=columns["boundary"], **looks)
    return Plot(
        plot,
        describe="The image, with the model’s horizon and the outline of its ball.",
        handles=(
            handle("edge", "horizon", "horizon", axis="y", param="horizon"),
            handle("ball_x", "ball_y", "ball, from the left", param="ball_x"),
            handle("ball_x", "top", "top of ball", axis="y", edit="top", **WITHIN),
            handle("side", "ball_y", "side of ball", edit="side", **WITHIN),
        ),
        height=HIGH,
        square=True,
    )


WITHIN = {"bounds": (0.0, 24.0), "step": 0.1}


def handle(x: str, y: str, label: str, **more: Any) -> Handle:
    """A handle of the model's."""
    return Handle(x, y, label, role="prediction", **more)


def loss_plot(columns: Sources, height: int = HIGH) -> Plot:
    """Each pixel's loss, with dots on those that touch another class."""
    plot = pixels_plot(height)
    size = {"x": 0, "y": 0, "dw": SIZE, "dh": SIZE}
    heat(plot, "loss", columns["heat"], **size, high=MOST_SHOWN, ramp=("card", "loss"))
    dots = {"fill_color": color("truth"), "line_color": None}
    plot.scatter("x", "y", source=columns["band"], size=3, **dots)
    return Plot(plot, describe="The loss of each pixel, as shades.", height=height, square=True)


def by_class() -> LiveTable:
    """Each class's pixels, their mean loss, and what part of the mean is theirs."""
    cells = ("n_{}:integer", "loss_{}", "found_{}:percent", "share_{}:percent")
    return LiveTable(
        "The classes",
        ("", "pixels", "mean loss", "found", "of the loss"),
        (
            *((name, *(cell.format(name) for cell in cells)) for name in CLASSES),
            ("where classes meet", "n_band:integer", "band", "", ""),
            ("void", "n_void:integer", "", "", ""),
        ),
        roles=("muted", "loss", "prediction", "loss"),
        name="by_class",
    )


def shapes() -> Stack:
    """The shapes of the call, each as large as it is."""
    return Stack(
        Sheets(
            Sheet("logits", "B, K, H, W", (1, 3, SIZE, SIZE), role="prediction"),
            Sheet("targets", "B, H, W", (1, SIZE, SIZE), role="truth"),
            Sheet("losses, with none", "B, H, W", (1, SIZE, SIZE), role="loss"),
            Sheet("their mean", "", (), role="loss"),
        ),
        title="The shapes, drawn to scale",
        frame=True,
        name="shapes",
    )
