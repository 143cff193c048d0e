"""The errors that the command line prints as one sentence, without a traceback."""


class CrossentError(Exception):
    """Something a person can put right; its message says what and how."""


class StateError(CrossentError, ValueError):
    """A figure's state has a value that its parameters refuse."""


class UnknownFigureError(CrossentError, LookupError):
    """No figure has this name."""


class ExportError(CrossentError):
    """A site cannot be built; what was there before is untouched."""


class TraceError(CrossentError, TypeError):
    """A compute function does something that has no JavaScript counterpart."""


class LessonError(CrossentError):
    """A lesson's text has something wrong; the message begins with its file and line."""

    def __init__(self, path: str, line: int, problem: str) -> None:
        self.path, self.line, self.problem = readable(path), line, readable(problem)
        super().__init__(f"{self.path}:{line}: {self.problem}")


def readable(text: str) -> str:
    """A text on one line that any console and any page can show, whatever it quotes."""
    line = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
