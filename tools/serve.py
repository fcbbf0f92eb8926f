"""Serve the built book as a web host does: compressed, with its 404 page. `python tools/serve.py [folder]`."""

import gzip
import sys
import threading
from functools import lru_cache, partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

COMPRESSED = ("text/", "application/javascript", "application/json", "application/xml", "application/wasm", "image/svg+xml")


@lru_cache(maxsize=256)
def compress(path, _changed):
    """The gzip form of a file; `_changed` renews it when the book is built again."""
    return gzip.compress(Path(path).read_bytes(), compresslevel=6, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Static files with gzip and extra headers, quietly."""

    protocol_version = "HTTP/1.1"
    cache = "max-age=600"
    headers_of_host: ClassVar[dict] = {}  # name: value, or a function of the address that gives it

    def send_head(self):
        path = Path(self.translate_path(self.path))
        status = HTTPStatus.OK
        if path.is_dir():
            path /= "index.html"
        if not path.is_file():
            status, path = HTTPStatus.NOT_FOUND, Path(self.directory, "404.html")
        kind = self.guess_type(str(path))
        self.send_response(status)
        if not path.is_file():
            body = b"not found\n"
        elif "gzip" in self.headers.get("Accept-Encoding", "") and kind.startswith(COMPRESSED):
            body = compress(str(path), path.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        else:
            body = path.read_bytes()
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", self.cache)
        for name, value in self.headers_of_host.items():
            self.send_header(name, value(self.path) if callable(value) else value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def do_GET(self):
        self.send_head()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    """A threaded server that takes a browser's hanging up calmly."""

    daemon_threads = True

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Site:
    """A context that serves a folder on a free port (or `port`) of this machine and gives its base URL."""

    def __init__(self, folder, port=0, cache="max-age=600", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        handler = type("Handler", (Handler,), {"cache": cache, "headers_of_host": named})
        self.server = Server(("127.0.0.1", port), partial(handler, directory=str(folder)))
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent / "_build" / "html")
    if not (folder / "index.html").is_file():
        sys.exit(f"no book in {folder}: run `make book` first")
    site = Site(folder, port=8000, cache="no-cache")
    with site as url:
        print(f"{url} (stop with Ctrl-C)", flush=True)
        try:
            site.thread.join()
        except KeyboardInterrupt:
            print()
