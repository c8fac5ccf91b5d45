"""A Purser of its own for the tests: everything in one process, on a free port, with its data in a temporary folder."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

START_SECONDS = 60


class System:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="purser-browser-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = dict(os.environ, PURSER_BUS="embedded", PURSER_DATA=str(self.folder), PURSER_HTTP_HOST="127.0.0.1",
                           PURSER_HTTP_PORT=str(self.port), PURSER_URL=self.url)
        self.log = open(self.folder / "output.log", "wb")
        self.process = subprocess.Popen([os.path.join(os.environ["PURSER_BIN"], "purser"), "up"], env=environment,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.wait_for(lambda: (self.folder / "demo-client-password").exists() and self.is_provisioned(),
                      "the demo products", START_SECONDS)

    def is_provisioned(self):
        try:
            actions = self.call("GET", "/v1/actions")["items"]
            products = self.call("GET", "/v1/contract-products")["items"]
        except (OSError, urllib.error.URLError):
            return False
        return len(products) >= 2 and len(actions) >= len(products) and all(a["state"] == "succeeded" for a in actions)

    def call(self, method, path, body=None):
        token = (self.folder / "admin-token").read_text().strip()
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers={
            "Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=90) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def product(self, category):
        """The demo's product of a category: the oldest, as other tests make more."""
        return [each for each in self.call("GET", "/v1/contract-products?limit=200")["items"] if each["category"] == category][-1]

    def wait_for(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(f"purser ended:\n{self.output()}")
            if condition():
                return
            time.sleep(0.2)
        raise TimeoutError(f"{what} did not come within {seconds} s\n{self.output()}")

    def output(self):
        return (self.folder / "output.log").read_text(errors="replace")[-4000:]

    def admin(self):
        return "admin@localhost", (self.folder / "admin-password").read_text().strip()

    def client(self):
        return "client@localhost", (self.folder / "demo-client-password").read_text().strip()

    def leaks(self):
        """The files that have a secret of this system outside of its own file. A first start prints the admin's password."""
        kept = ["admin-token", "admin-password", "demo-client-token", "demo-client-password", "master.key"]
        secrets = {name: (self.folder / name).read_bytes().strip() for name in kept}
        return [f"{name} is in {file.relative_to(self.folder)}" for file in self.folder.rglob("*")
                if file.is_file() and file.name not in kept for name, secret in secrets.items()
                if not (file.name == "output.log" and name == "admin-password") and secret in file.read_bytes()]

    def stop(self):
        """Ends it, removes its data, and returns what `leaks` found."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        leaks = self.leaks()
        shutil.rmtree(self.folder, ignore_errors=True)
        return leaks
