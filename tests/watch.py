"""What goes wrong on a page."""


class Watch:
    """Messages on a page's console, exceptions, failed requests, requests to another host."""

    OWN = ("http://127.0.0.1:", "http://localhost:", "file://", "data:", "blob:")

    def __init__(self, page):
        self.faults = []
        self.requests = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on("requestfailed", self._failed)
        page.on("request", self._request)
        page.on("response", self._response)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.faults.append(f"console {message.type}: {message.text}")

    def _failed(self, request):
        # "Aborted" means that the reader left the page before the file had come. A file that is not there, or
        # that a policy forbids, fails with other words.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} ({request.failure})")

    def _request(self, request):
        self.requests.append(request.url)
        if not request.url.startswith(self.OWN):
            self.faults.append(f"request to another host: {request.url}")

    def _response(self, response):
        if response.status >= 400:
            self.faults.append(f"status {response.status}: {response.url}")
