"""Runs the tests of Tests/Hostile against a system that is running.

    system.py loopback    brings up the loopback interface of a network of its own
    system.py port        a port that nobody listens at
    system.py test        everything, by HOSTILE_URL, HOSTILE_TOKEN and HOSTILE_FOLDER
"""

import fcntl
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
SEED = os.environ.get("HOSTILE_SEED", "20261127")
EXAMPLES = os.environ.get("HOSTILE_EXAMPLES", "1")


def bring_up_loopback():
    """SIOCSIFFLAGS with IFF_UP: a new network has the interface, and it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 1))


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class System:
    """The running system, as an operator sees it."""

    def __init__(self):
        self.url = os.environ["HOSTILE_URL"]
        self.token = os.environ["HOSTILE_TOKEN"]

    def call(self, method, path, body=None, token=None):
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=70) as answer:
            return json.load(answer)

    def wait(self):
        """Until it is ready, at most a minute."""
        deadline = time.monotonic() + 60
        while True:
            try:
                if len(self.call("GET", "/v1/providers")["items"]) > 1 and self.call("GET", "/readyz")["ready"]:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            if time.monotonic() > deadline:
                raise TimeoutError("It did not become ready.")
            time.sleep(0.1)

    def whoami(self, *tokens):
        """Whose tokens these are; raises where one is no longer good, as then most was not tried."""
        return [self.call("GET", "/v1/whoami", token=token)["name"] for token in tokens]

    def furnish(self):
        """A client with a product that has a past, and a token of the client's."""
        client = self.call("POST", "/v1/clients", {"name": "Jane Doe", "email": "jane@example.com"})["id"]
        configuration = self.call(
            "POST",
            "/v1/configurations",
            {"category": "hosting", "provider": "demo", "name": "Demo", "settings": {}},
        )["id"]
        product = self.call(
            "POST",
            "/v1/contract-products",
            {
                "client_id": client,
                "category": "hosting",
                "configuration_id": configuration,
                "name": "Web space",
                "package": "gold",
            },
        )["id"]
        actions = f"/v1/contract-products/{product}/actions?wait=30"
        parameters = {"domain": "example.com", "email": "jane@example.com", "package_name": "gold"}
        self.call("POST", actions, {"function": "create", "parameters": parameters})
        self.call("POST", actions, {"function": "suspend"})
        self.call("POST", actions, {"function": "unsuspend"})
        token = {"name": "a client's", "role": "client", "client_id": client}
        return self.call("POST", "/v1/tokens", token)["token"]


def schemathesis(system, token, who, phases):
    """Starts a run of schemathesis as someone; the process, and the file that it writes to."""
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{system.url}/openapi.json", "--header", f"Authorization: Bearer {token}"),
        *("--seed", SEED, "--max-examples", EXAMPLES, "--generation-database", "none", "--no-color"),
        *("--phases", phases),
    ]
    if not os.environ.get("HOSTILE_ALONE"):
        command += ["--exclude-operation-id", "createWebhook", "--exclude-operation-id", "updateWebhook"]
    output = open(pathlib.Path(os.environ["HOSTILE_FOLDER"]) / f"{who}.output", "w+")
    return subprocess.Popen(command, stdout=output, stderr=output, cwd=os.environ["HOSTILE_FOLDER"]), output


def finish(run):
    """Waits for a run of schemathesis; raises where it found something."""
    process, output = run
    if process.wait() != 0:
        output.seek(0)
        lines = (line[:1_000] for line in output.read().splitlines())
        print("\n".join(lines)[-100_000:], file=sys.stderr)
        raise AssertionError(f"schemathesis ended with {process.returncode}")


def tests(system):
    """Each test with its name, in the order in which they run."""
    import documents

    openapi = system.call("GET", "/openapi.json")
    asyncapi = system.call("GET", "/asyncapi.json")
    token = system.furnish()
    yield "The OpenAPI document keeps to its specification", lambda: documents.check_openapi(openapi)
    yield "The AsyncAPI document is what its specification wants", lambda: documents.check_asyncapi(asyncapi)
    yield "Every recorded message is a CloudEvent", lambda: documents.check_events(documents.golden())
    yield (
        "Every recorded message is what the AsyncAPI document says",
        lambda: documents.check_payloads(asyncapi, documents.golden()),
    )
    # Both at once: each takes a processor. The coverage of all that a schema says is tried as someone who may do it.
    admin = schemathesis(system, system.token, "admin", "coverage,fuzzing,stateful")
    client = schemathesis(system, token, "client", "fuzzing,stateful")
    yield "An administrator's requests keep to the OpenAPI document", lambda: finish(admin)
    yield "A client's requests keep to the OpenAPI document", lambda: finish(client)
    yield "It is ready after all that, and knows both of them", lambda: (system.wait(), system.whoami(system.token, token))


def run():
    system = System()
    system.wait()
    failed = 0
    for name, test in tests(system):
        begun = time.monotonic()
        try:
            test()
            mark, word = "✔", "passed"
        except Exception:
            traceback.print_exc()
            mark, word = "✘", "failed"
            failed += 1
        print(f'{mark} Test "{name}" {word} after {time.monotonic() - begun:.3f} seconds.', flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["loopback"]:
            bring_up_loopback()
        case ["port"]:
            print(free_port())
        case ["test"]:
            sys.exit(run())
        case _:
            sys.exit(__doc__)
