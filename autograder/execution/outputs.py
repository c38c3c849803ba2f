"""The outputs that a shell says it has made: only what nbformat knows, with the right types, and no more than is shown."""

import json
from typing import Any

from nbformat import NotebookNode

from autograder.inside.wire import ProtocolError

# Of one cell; a page shows a hundred.
MAX_OUTPUTS = 10_000


def read_outputs(content: bytes, limit: int) -> list[NotebookNode]:
    """The outputs of a cell that may show `limit` bytes.

    Raises ProtocolError where our own code would not have sent them: it stops in time, and the brackets of JSON alone
    take thirty times their room when they are read.
    """
    if len(content) > 2 * limit + 100_000:
        raise ProtocolError("the outputs of a cell are longer than they may be")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the outputs of a cell cannot be read") from error
    if not isinstance(found, list):
        raise ProtocolError("the outputs of a cell cannot be read")
    return [output for item in found[:MAX_OUTPUTS] if (output := _read_output(item)) is not None]


def _read_output(item: Any) -> NotebookNode | None:
    match item:
        case {"output_type": "stream", "name": "stdout" | "stderr" as name, "text": str(text)}:
            return _new("stream", name=name, text=_clean(text))
        case {"output_type": "error", "ename": str(ename), "evalue": str(evalue), "traceback": list(lines)}:
            trace = [_clean(line) for line in lines if isinstance(line, str)]
            return _new("error", ename=_clean(ename), evalue=_clean(evalue), traceback=trace)
        case {"output_type": "display_data" | "execute_result" as kind, "data": dict(data)}:
            texts = {_clean(mime): _clean(text) for mime, text in data.items() if isinstance(text, str)}
            count = {"execution_count": None} if kind == "execute_result" else {}
            return _new(kind, data=NotebookNode(texts), metadata=NotebookNode(), **count)
    return None


def error_output(ename: str, sentence: str) -> NotebookNode:
    """An error of the grader's own."""
    return _new("error", ename=ename, evalue=sentence, traceback=[f"{ename}: {sentence}"])


def _new(kind: str, **parts: Any) -> NotebookNode:
    # nbformat's own constructors validate each output by itself: minutes, for as many as a loop can make.
    return NotebookNode(output_type=kind, **parts)


def _clean(text: str) -> str:
    """Half a surrogate pair cannot be written to a file."""
    return text.encode("utf-8", "replace").decode()
