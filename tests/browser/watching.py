"""What a page does that a page of words does not do: dialogs, requests, messages, scripts."""

from playwright.sync_api import Dialog, Page, Request


class Watch:
    """Looks over the shoulder of a page; `own` is how the addresses begin that it may ask for."""

    def __init__(self, page: Page, own: str) -> None:
        self.page, self.own = page, own
        self.seen: list[str] = []
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.seen.append(f"an error: {error}"))
        page.on("console", lambda message: self.seen.append(f"the console: {message.text}"))
        page.on("popup", lambda _: self.seen.append("a new window"))
        page.on("download", lambda _: self.seen.append("a download"))

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.own, "data:image/")):
            self.seen.append(f"a request: {request.url[:100]}")

    def result(self) -> list[str]:
        """What was seen so far."""
        pwned = self.page.evaluate("window.__pwned")
        return [*self.seen, *([f"a script ran: {pwned}"] if pwned is not None else [])]


def provoke(page: Page, within: str = "body") -> None:
    """Do to a page what a reader does: unfold, point at things, walk through it with the keyboard."""
    page.evaluate("document.querySelectorAll('details').forEach(details => details.open = true)")
    page.evaluate(
        """within => document.querySelectorAll(within).forEach(box => box.querySelectorAll('*').forEach(element => {
            for (const kind of ['pointerover', 'mouseover', 'mouseenter', 'focus', 'focusin', 'click', 'animationstart'])
                if (kind != 'click' || element.tagName != 'A') element.dispatchEvent(new Event(kind, {bubbles: false}));
        }))""",
        within,
    )
    for _ in range(10):
        page.keyboard.press("Tab")
    page.mouse.wheel(0, 5_000)
    page.wait_for_timeout(200)
