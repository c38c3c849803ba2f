"""The outputs of a cell, rebuilt from the parts that are known to do no harm."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.harmless.allowance import Allowance
from autograder.harmless.html import clean_html
from autograder.harmless.latex import clean_latex
from autograder.harmless.markdown import clean_markdown
from autograder.harmless.pictures import is_picture
from autograder.harmless.svg import clean_svg
from autograder.harmless.text import clean_text, without_paths
from gradlab.checks.verdict import VERDICT_MIME

MAX_OUTPUTS = 100  # of a cell
MAX_TRACEBACK = 100  # lines, as in nbgrader
OUTCOMES = frozenset({"right", "wrong", "unwritten", "error", "timeout"})


def clean_outputs(outputs: Iterable[Any], allowance: Allowance) -> list[NotebookNode]:
    """New outputs in the same order, and the same grade: nbgrader reads it from the first error, result or warning."""
    kept: list[NotebookNode] = []
    left_out = 0
    decisive: set[str] = set()
    for output in outputs:
        kind = _kind(output)
        counts = kind in ("error", "execute_result", "stderr") and kind not in decisive
        decisive.add(kind)
        if (len(kept) < MAX_OUTPUTS and allowance.is_left) or counts:
            kept += _CLEANERS[kind](output, allowance) if kind in _CLEANERS else []
        else:
            left_out += 1
    if left_out:
        kept.append(_note(f"{left_out} more outputs of this cell are left out here."))
    return kept


def _new(kind: str, **parts: Any) -> NotebookNode:
    # nbformat's own constructors validate each output by itself, which takes ten times as long as all else here.
    return NotebookNode(output_type=kind, **parts)


def _kind(output: Any) -> str:
    kind = output.get("output_type") if isinstance(output, Mapping) else None
    if kind == "stream" and output.get("name") == "stderr":
        return "stderr"
    return kind if isinstance(kind, str) else ""


def _stream(output: Mapping[str, Any], allowance: Allowance) -> list[NotebookNode]:
    name = "stderr" if output.get("name") == "stderr" else "stdout"
    return [_new("stream", name=name, text=allowance.text(without_paths(clean_text(output.get("text", "")))))]


def _error(output: Mapping[str, Any], allowance: Allowance) -> list[NotebookNode]:
    lines = output.get("traceback")
    lines = lines if isinstance(lines, list) else []
    if len(lines) > MAX_TRACEBACK:
        lines = [*lines[: MAX_TRACEBACK // 2], "...", *lines[-MAX_TRACEBACK // 2 :]]
    return [
        _new(
            "error",
            ename=clean_text(output.get("ename", ""), 200),
            evalue=without_paths(clean_text(output.get("evalue", ""), 5_000)),
            traceback=[allowance.text(without_paths(clean_text(line, 20_000))) for line in lines],
        )
    ]


def _data(output: Mapping[str, Any], allowance: Allowance) -> list[NotebookNode]:
    found = output.get("data")
    forms = found if isinstance(found, Mapping) else {}
    bundle = clean_bundle(forms, allowance)
    if output.get("output_type") == "execute_result" and "text/plain" in forms:
        count = output.get("execution_count")
        return [
            _new(
                "execute_result",
                data=NotebookNode(bundle),
                metadata=NotebookNode(),
                execution_count=count if isinstance(count, int) else None,
            )
        ]
    return [_new("display_data", data=NotebookNode(bundle), metadata=NotebookNode())] if bundle else []


def clean_bundle(bundle: Mapping[str, Any], allowance: Allowance) -> dict[str, Any]:
    """The forms of one output that may be shown; where none is left, a line that says what is missing."""
    kept: dict[str, Any] = {}
    for kind, data in bundle.items():
        clean = CLEAN_FORM.get(kind)
        whole = "".join(map(str, data)) if isinstance(data, list) else data
        if clean is None or not allowance.take(whole, prose=kind == "text/markdown"):
            continue
        cleaned = clean(whole)
        if cleaned is not None:
            kept[kind] = cleaned
    if bundle and not kept.keys() - {VERDICT_MIME}:
        kept["text/plain"] = f"(An output that cannot be shown here: {_names(bundle)}.)"
    return kept


def _names(bundle: Mapping[str, Any]) -> str:
    return ", ".join(re.sub(r"[^\w.+/-]", "?", str(kind)[:60]) for kind in list(bundle)[:5])


def _note(words: str) -> NotebookNode:
    return _new("stream", name="stdout", text=f"({words})\n")


def clean_verdict(verdict: Any) -> dict[str, Any] | None:
    """What a check says to machines, if it has exactly the form in which `gradlab.checks` says it."""
    if not isinstance(verdict, Mapping) or verdict.get("outcome") not in OUTCOMES:
        return None
    aspects, mistakes = verdict.get("aspects"), verdict.get("mistakes")
    if not (
        isinstance(aspects, list)
        and isinstance(mistakes, list)
        and len(aspects) <= 30
        and len(mistakes) <= 10
    ):
        return None
    try:
        return {
            "exercise": _words(verdict["exercise"]),
            "points": _number(verdict["points"]),
            "max_points": _number(verdict["max_points"]),
            "outcome": verdict["outcome"],
            "aspects": [
                {
                    "name": _words(aspect["name"]),
                    "points": _number(aspect["points"]),
                    "max_points": _number(aspect["max_points"]),
                }
                for aspect in aspects
            ],
            "mistakes": [_words(mistake) for mistake in mistakes],
        }
    except (KeyError, TypeError, ValueError):
        return None


def _words(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError
    return clean_text(value)


def _number(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise ValueError
    return value


def _text_only(clean: Callable[[str], str | None]) -> Callable[[Any], str | None]:
    return lambda data: clean(data) if isinstance(data, str) else None


def _picture(kind: str) -> Callable[[Any], str | None]:
    return lambda data: data if is_picture(kind, data) else None


CLEAN_FORM: dict[str, Callable[[Any], Any]] = {
    "text/plain": _text_only(lambda text: without_paths(clean_text(text))),
    "text/html": _text_only(lambda html: clean_html(clean_text(html, 10**9))),
    "text/markdown": _text_only(clean_markdown),
    "text/latex": _text_only(clean_latex),
    "image/svg+xml": _text_only(lambda svg: clean_svg(clean_text(svg, 10**9))),
    "image/png": _picture("image/png"),
    "image/jpeg": _picture("image/jpeg"),
    VERDICT_MIME: clean_verdict,
}
_CLEANERS: dict[str, Callable[[Mapping[str, Any], Allowance], list[NotebookNode]]] = {
    "stream": _stream,
    "stderr": _stream,
    "error": _error,
    "display_data": _data,
    "execute_result": _data,
}
