"""Pages in a real browser: Chromium without a window, driven by its command line alone."""

import html
import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import axe_core_python
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(not CHROMIUM, reason="needs Chromium (apt install chromium)")
AXE = Path(str(axe_core_python.__file__)).with_name("axe.min.js")
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
DARK, LIGHT = 0, 1
"""How Chromium numbers the colour schemes that a page may prefer (blink::mojom)."""
HARNESS = """<!doctype html><meta charset="utf-8"><title>harness</title><body><script>
const results = {};
const widths = %(widths)s;
let waiting = widths.length;
for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 2000;
  frame.srcdoc = %(page)s;
  frame.onload = async () => {
    const page = frame.contentWindow;
    const found = await page.axe.run(page.document, {resultTypes: ["violations"]});
    results[width] = {
      overflow: page.document.documentElement.scrollWidth
        - page.document.documentElement.clientWidth,
      paper: page.getComputedStyle(page.document.body).backgroundColor,
      faults: found.violations.map(
        one => `${one.impact}: ${one.id}: ${one.nodes[0].html.slice(0, 200)}`),
    };
    if (!--waiting) {
      document.body.innerHTML = "<pre id=results></pre>";
      document.getElementById("results").textContent = JSON.stringify(results);
    }
  };
  document.body.append(frame);
}
</script>"""


def chromium(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Chromium with a profile of its own, and return what it printed."""
    assert CHROMIUM
    usual = ["--headless", "--disable-gpu", "--no-sandbox", f"--user-data-dir={folder / 'profile'}"]
    return subprocess.run(
        [CHROMIUM, *usual, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
        env={**os.environ, "HOME": str(folder)},
    )


def looked_at(folder: Path, page: str, widths: Sequence[int], scheme: int) -> dict[str, Any]:
    """Return by width how far a page is wider than its window, the colour of its paper, and what
    axe-core finds in it. Its policy is taken out, because it allows no script, axe-core's neither.
    """
    copy = POLICY.sub("", page).replace(
        "</head>", f"<script>{AXE.read_text('utf-8')}</script></head>"
    )
    escaped = json.dumps(copy).replace("</", "<\\/")
    harness = folder / "harness.html"
    harness.write_text(HARNESS % {"widths": list(widths), "page": escaped}, "utf-8")
    printed = chromium(
        folder,
        f"--blink-settings=preferredColorScheme={scheme}",
        "--virtual-time-budget=60000",
        "--dump-dom",
        harness.as_uri(),
    ).stdout
    [found] = re.findall(r'<pre id="results">(.*?)</pre>', printed, re.DOTALL)
    results: dict[str, Any] = json.loads(html.unescape(found))
    return results
