// What is wrong with the notebook on the screen, in words. Called with the notebook's element.
(notebook) => {
  const faults = [];
  const start = (text) => JSON.stringify(text.trim().slice(0, 60));
  notebook.querySelectorAll(".jp-Cell").forEach((cell, number) => {
    const say = (what) => faults.push(`cell ${number + 1}: ${what}`);

    for (const output of cell.querySelectorAll(".jp-OutputArea-output")) {
      const kind = output.dataset.mimeType ?? "";
      if (/error|stderr/.test(kind)) say(`an error, ${JSON.stringify(output.innerText.trim().slice(-120))}`);
    }
    const wide = ".jp-OutputArea-output, .jp-RenderedMarkdown, .widget-html-content";
    for (const box of cell.querySelectorAll(wide)) {
      if (box.scrollWidth > box.clientWidth + 1)
        say(`${box.scrollWidth} pixels in a box of ${box.clientWidth}, ${start(box.innerText)}`);
    }
    for (const image of cell.querySelectorAll("img")) {
      if (!image.complete || image.naturalWidth === 0) say("a broken image");
      if (!image.alt.trim()) say("an image without a text alternative");
    }
    for (const drawing of cell.querySelectorAll(".jp-RenderedHTMLCommon svg, .widget-html-content svg")) {
      if (drawing.parentElement.closest("svg, mjx-container")) continue; // part of another one
      if (drawing.getAttribute("role") !== "img" || !drawing.getAttribute("aria-label"))
        say("a drawing without a text alternative");
    }
    if (cell.querySelector("mjx-merror, [data-mjx-error]")) say("a formula that MathJax cannot read");
    for (const prose of cell.querySelectorAll(".jp-RenderedMarkdown")) {
      const words = prose.cloneNode(true);
      words.querySelectorAll("code, pre, mjx-container").forEach((part) => part.remove());
      const raw = words.textContent.match(/\$.{0,30}|\\[a-zA-Z]{2,}.{0,30}/);
      if (raw) say(`LaTeX in the raw, ${start(raw[0])}`);
    }
  });
  return faults;
}
