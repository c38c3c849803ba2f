"""Scripts in what people open: the feedback shows what was written, and runs nothing of it."""

from typing import Any

from hostile.case import Case, Notebook, cell_called, cheat

SCRIPT = "<script>alert('$TOKEN')</script>"


def script(name: str, tries: str, bites: str, **parts: Any) -> Case:
    """Something that would run when the feedback is opened. `bites` is what must not stand in it as it was written.

    What begins with "<>" must not stand within a tag: in the code that is shown it may.
    """
    return cheat(
        name,
        tries,
        **{"weak": "stock page", "bites": bites, "hides": (bites.lower(),), "batch": "shown", **parts},
    )


def shows(html: str) -> tuple[str, ...]:
    return (f"from IPython.display import HTML, display\ndisplay(HTML({html!r}))",)


def written(text: str) -> Any:
    """A cell of text at the end."""

    def change(notebook: Notebook) -> None:
        notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "id": "text", "source": text})

    return change


def attached(notebook: Notebook) -> None:
    written("![x](attachment:x.svg)")(notebook)
    notebook["cells"][-1]["attachments"] = {
        "x.svg": {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>"}
    }


def in_answer(notebook: Notebook) -> None:
    cell = cell_called(notebook, "effective_step")
    cell["source"] += f"\n# {SCRIPT}</pre></div>{SCRIPT}"


# One case after the other, as a table.
# fmt: off
CASES = (
    script("script-in-output", "shows a script", SCRIPT, before=shows(SCRIPT)),
    script("handler-in-output", "shows a picture with an event handler", "<>onerror=alert", before=shows("<img src=x onerror=alert(1)>")),
    script("javascript-cell", "runs a cell of JavaScript", "alert('cell", before=("%%javascript\nalert('cell$TOKEN')",)),
    script("javascript-link", "shows a link that runs", '<>href="javascript:', before=shows('<a href="javascript:alert(1)">x</a>')),
    script("frame-in-output", "shows a page in the page", "<iframe srcdoc", before=shows('<iframe srcdoc="<b>x</b>"></iframe>')),
    script("svg-in-output", "shows a drawing with a script", "<script>alert(1)", weak="",
           before=("from IPython.display import SVG, display\n"
                   "display(SVG(data='<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>'))",)),
    script("script-in-text", "writes a script into a cell of text", SCRIPT, change=written(f"Hello {SCRIPT}")),
    script("handler-in-text", "writes an event handler into a cell of text", "<>onload", change=written("<svg onload=alert(1)>")),
    script("script-in-attachment", "attaches a drawing with a script", "<svg xmlns='http://www.w3.org/2000/svg'><script", change=attached,
           weak=""),
    script("script-in-error", "raises a script", SCRIPT, before=(f"raise ValueError({SCRIPT!r})",), weak=""),
    script("script-in-stream", "prints a script", SCRIPT, before=(f"print({SCRIPT!r})",), weak=""),
    script("script-in-code", "writes a script into a comment", f"# {SCRIPT}", change=in_answer, weak=""),
    script("script-as-mistake", "names a class like a script", SCRIPT, weak="", earns={"effective_step": 0},
           answers={"effective_step": f"def effective_step(lr, rho):\n    raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT!r})"}),
    Case("forms-in-output", "shows a form that sends what is typed", before=shows('<form action="http://127.0.0.1:$PORT/"><input name=p></form>'),
         hides=("<form", "<input"), batch="shown"),
    Case("remote-picture", "shows a picture from elsewhere, which tells who looks", before=shows('<img src="http://127.0.0.1:$PORT/x.png">'),
         hides=('<>src="http',), batch="shown"),
)
# fmt: on
