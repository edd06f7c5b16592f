"""A real browser for pages: what it complains of, what it fetches, what a screen reader meets."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.conftest import Synthetic, asked, first_choices, synthetic

__all__ = ["Synthetic", "Visit", "asked", "first_choices", "synthetic"]
SERIOUS = ("serious", "critical")


@dataclass
class Visit:
    """A page that was opened, and all that went wrong on it so far.

    Attributes:
        page: Playwright's page.
        faults: messages on the console that are errors or warnings, uncaught errors, dialogs.
        fetched: addresses that the page asked for beside its own.
    """

    page: Any
    faults: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def hurdles(self) -> list[str]:
        """What axe-core finds to be serious or critical, with the elements."""
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        found = axe.Axe().run(self.page).response["violations"]
        return [
            f"{one['impact']}: {one['id']}: {node['html'][:200]}"
            for one in found
            if one["impact"] in SERIOUS
            for node in one["nodes"]
        ]

    def overhang(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The browser, one for a module: Playwright's loop runs on as long as it is open."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("there is no chromium on this machine")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        opened = driver.chromium.launch(executable_path=program, args=flags, timeout=120_000)
        yield opened
        opened.close()


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Visit]]:
    """`visit(path or address, width=390, color_scheme="dark")` opens a page and watches it."""
    contexts = []

    def go(place: Path | str, width: int = 1280, height: int = 900, **options: object) -> Visit:
        size = {"width": width, "height": height}
        context = chromium.new_context(viewport=size, **options)
        contexts.append(context)
        context.set_default_timeout(60_000)
        found = Visit(context.new_page())
        address = place.resolve().as_uri() if isinstance(place, Path) else place
        _watch(found, address)
        found.page.goto(address)
        return found

    yield go
    for context in contexts:
        context.close()


def _watch(visit: Visit, address: str) -> None:
    page, faults = visit.page, visit.faults

    def dismiss(dialog: Any) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def heard(message: Any) -> None:
        if message.type in ("error", "warning"):
            faults.append(f"console: {message.text}")

    def asked_for(request: Any) -> None:
        if request.url != address and not request.url.startswith(("data:", "blob:")):
            visit.fetched.append(request.url)

    page.on("dialog", dismiss)
    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
    page.on("request", asked_for)
