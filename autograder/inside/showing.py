"""Run a notebook for what it shows: every cell in a prepared shell, its outputs kept as a kernel would send them."""

import contextlib
import io
import json
import socket
import sys
from typing import Any

from ipykernel.compiler import XCachingCompiler
from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.zmqshell import ZMQDisplayPublisher, ZMQInteractiveShell
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList
from traitlets import Any as AnyTrait
from traitlets import Type

from autograder.inside.wire import ClosedError, ProtocolError, receive, send
from gradlab.checks.time_limit import OutOfTime, time_limit

OUTPUT_LIMIT = "OutputLimit"


class Outputs:
    """Stands in for a kernel's session: what a cell sends becomes the outputs of that cell."""

    def __init__(self) -> None:
        self.cell: list[dict[str, Any]] = []
        self.size, self.limit = 0, 0
        self.cleared_later = False

    def start(self, limit: int) -> None:
        """Begin a cell, which may show `limit` bytes."""
        self.cell, self.size, self.limit, self.cleared_later = [], 0, limit, False

    def msg(self, kind: str, content: Any = None, **rest: Any) -> dict[str, Any]:
        """What `jupyter_client.Session.msg` makes, without what nobody reads."""
        return {"msg_type": kind, "content": content or {}, "header": {"msg_type": kind}}

    def send(self, stream: Any, message: Any, content: Any = None, *args: Any, **kwargs: Any) -> None:
        """Take an output in, in the place of sending it."""
        kind = message if isinstance(message, str) else message["msg_type"]
        content = content if isinstance(message, str) else message["content"]
        if kind == "clear_output":
            self.cleared_later = bool(content.get("wait"))
            if not self.cleared_later:
                self._clear()
        elif kind in ("display_data", "execute_result", "error"):
            self._add({"output_type": kind, **content})
        elif kind == "update_display_data":
            self._update(content)

    def write(self, name: str, text: str) -> None:
        """Take in what is printed; neighbouring prints are one output."""
        last = self.cell[-1] if self.cell and not self.cleared_later else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            if self._fits(_size(text)):
                last["text"] += text
        else:
            self._add({"output_type": "stream", "name": name, "text": text})

    def _add(self, output: dict[str, Any]) -> None:
        if self.cleared_later:
            self._clear()
        if self._fits(_size(output)):
            self.cell.append(output)

    def _update(self, content: dict[str, Any]) -> None:
        wanted = content.get("transient", {}).get("display_id")
        for output in self.cell:
            if wanted and output.get("transient", {}).get("display_id") == wanted:
                more = _size(content["data"]) - _size(output["data"])
                if self._fits(more):
                    output["data"], output["metadata"] = content["data"], content["metadata"]

    def _clear(self) -> None:
        # A counter that counts up in one place shows its last number only.
        self.cell, self.size, self.cleared_later = [], 0, False

    def _fits(self, more: int) -> bool:
        self.size += more
        return self.size <= self.limit


def _size(content: Any) -> int:
    """Bytes on the wire."""
    return len(json.dumps(content, default=str))


class _Stream(io.TextIOBase):
    def __init__(self, outputs: Outputs, name: str) -> None:
        self.outputs, self._name = outputs, name

    def write(self, text: str) -> int:
        if text:
            self.outputs.write(self._name, str(text))
        return len(text)

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


class _DisplayHook(ZMQShellDisplayHook):
    session = AnyTrait(None, allow_none=True)


class _Publisher(ZMQDisplayPublisher):
    session = AnyTrait(None, allow_none=True)


class Shell(ZMQInteractiveShell):
    """The shell of an IPython kernel without the kernel: same tracebacks, same displays."""

    displayhook_class = Type(_DisplayHook)
    display_pub_class = Type(_Publisher)
    compiler_class = Type(XCachingCompiler)

    def ask_exit(self) -> None:
        """Let the notebook go on: `quit()` in a cell ends no other cell."""

    def system(self, cmd: str) -> None:
        """Say that no other program runs here, as one cannot: `!pip install numpy` costs nobody the line below it."""
        print(f"(Not run here: {cmd})")
        self.user_ns["_exit_code"] = 1

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """What a program printed that did not run."""
        self.system(cmd)
        return SList() if split else ""

    def enable_matplotlib(self, gui: Any = None) -> tuple[str, str]:
        """Draw figures as they are drawn anyway: as pictures, and not at all while answers are judged."""
        return "inline", "inline"


def new_shell(outputs: Outputs) -> Shell:
    """A shell whose displays go to `outputs`; it keeps no history on disk and starts no thread."""
    from traitlets.config import Config  # noqa: PLC0415 (with the other slow imports, in the zygote)

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    InteractiveShell.clear_instance()
    shell = Shell.instance(config=config, user_ns={"__name__": "__main__"})
    hook: Any = shell.displayhook
    publisher: Any = shell.display_pub
    hook.session = publisher.session = outputs
    hook.topic = b"execute_result"
    return shell


def show(control: socket.socket, shell: Shell, outputs: Outputs) -> None:
    """Run the cells that the grader sends, until it hangs up."""
    sys.stdout, sys.stderr = _Stream(outputs, "stdout"), _Stream(outputs, "stderr")
    with contextlib.suppress(ClosedError, ProtocolError):
        while True:
            (_, source, seconds, limit), _ = receive(control)
            outputs.start(limit)
            ended = _run_cell(shell, outputs, source, seconds)
            if outputs.size > limit:
                ended = "output"
            for output in outputs.cell:
                output.pop("transient", None)
            content = json.dumps(outputs.cell, default=str).encode()
            send(control, ["cell", ended, shell.execution_count - 1], [content])


def _run_cell(shell: Shell, outputs: Outputs, source: str, seconds: float) -> str:
    try:
        with time_limit(seconds):
            result: Any = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
    except OutOfTime:
        return "timeout"
    if isinstance(result.error_in_exec, OutOfTime):
        # The shell shows it as an error in the code; the grader says it in its own words.
        outputs.cell = [output for output in outputs.cell if output.get("ename") != OutOfTime.__name__]
        return "timeout"
    return "done"
