"""A small static site on this machine, which logs its requests as nginx's `combined` does."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

TYPES = {".js": "text/javascript", ".txt": "text/plain"}


class Site:
    """The files of a site by path, and the lines of its log, with the address of its reader."""

    def __init__(self, files: Mapping[str, str], headers: Mapping[str, str]) -> None:
        self.files = files
        self.headers = headers
        self.lines: list[str] = []
        self.url = ""
        self.reader = "192.0.2.1"

    def requests(self, path: str) -> list[str]:
        """The targets that were asked for below a path, in order."""
        targets = [line.split('"')[1].split()[1] for line in self.lines]
        return [target for target in targets if target.startswith(path)]


@contextmanager
def serving(files: Mapping[str, str], headers: Mapping[str, str]) -> Iterator[Site]:
    """Serve files; `headers` come with each answer."""
    site = Site(files, headers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            body = site.files.get(path)
            status = 404 if body is None else 200
            content = (body or "").encode()
            site.lines.append(_line(self, site.reader, status, len(content)))
            self.send_response(status)
            ending = path[path.rfind(".") :]
            self.send_header("Content-Type", TYPES.get(ending, "text/html") + "; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            for name, value in site.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name
            """Print nothing: the log is in `lines`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    server.server_close()
    thread.join()


def _line(request: BaseHTTPRequestHandler, reader: str, status: int, size: int) -> str:
    referrer, agent = (request.headers.get(name, "-") for name in ("Referer", "User-Agent"))
    now = f"{datetime.now(UTC):%d/%b/%Y:%H:%M:%S +0000}"
    first = f"{request.command} {request.path} HTTP/1.1"
    return f'{reader} - - [{now}] "{first}" {status} {size} "{referrer}" "{agent}"'
