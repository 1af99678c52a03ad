"""Accessibility of built pages, by axe-core in Debian's chromium: rules of WCAG 2 and 2.1, levels A and AA.

Each page is opened from disk, in light and in dark, with the rules at its end, and says what it violates.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
SECONDS = 120
RESULT = re.compile(r'<pre id="axe-result">(.*?)</pre>', re.DOTALL)
SCRIPT = """
<script>%s</script><script>
addEventListener("load", async () => {
  document.body.dataset.theme = "%s";
  const found = await axe.run(document, {runOnly: %s, resultTypes: ["violations"]});
  const short = found.violations.map((v) => [v.id, v.help, v.nodes.length, v.nodes[0].target.join(" ")]);
  const out = document.createElement("pre");
  out.id = "axe-result";
  out.textContent = JSON.stringify({version: axe.version, passes: found.passes.length, violations: short});
  document.body.append(out);
});
</script></body>"""


def browser() -> str | None:
    """Return the path of a browser, if there is one."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def checked(root: Path, paths: Iterable[str], axe: Path, with_browser: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each page and theme with what axe says of it.

    Raises:
        RuntimeError: a page says nothing, which is no success.
    """
    rules = axe.read_text()
    for path in paths:
        for theme in ("light", "dark"):
            yield f"{path} ({theme})", _checked(root / path, rules, theme, with_browser)


def _checked(file: Path, rules: str, theme: str, with_browser: str) -> dict[str, Any]:
    """Run axe in a copy of the page beside it, so that it finds its styles."""
    probe = file.with_name(f".{file.stem}.axe.html")
    script = SCRIPT % (rules.replace("</script", "<\\/script"), theme, json.dumps(RULES))
    head, _, tail = file.read_text().rpartition("</body>")
    probe.write_text(head + script + tail)
    try:
        return _dumped(probe, with_browser)
    finally:
        probe.unlink()


def _dumped(probe: Path, with_browser: str) -> dict[str, Any]:
    with TemporaryDirectory() as profile:
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        command = [with_browser, *flags, "--virtual-time-budget=60000", "--dump-dom", probe.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    found = RESULT.search(done.stdout)
    if found is None:
        raise RuntimeError(f"{probe}: expected a result of axe, got none: {done.stderr[-300:]}")
    return json.loads(unescape(found[1]))


def violations(results: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """Return what is violated, a line for each page, theme and rule."""
    return [
        f"{name}: {rule}: {words}, {count} times, first at {where}"
        for name, told in results
        for rule, words, count, where in told["violations"]
    ]
