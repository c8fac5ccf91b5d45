"""Runs the tests of this folder and tells of each as Swift Testing does: in two processes, each with a system of its own and
one test after the other, because a browser mostly waits."""

import concurrent.futures
import sys
import time
import traceback

from browser import Browser
from system import System
import test_account
import test_admin
import test_client
import test_hostile
import test_ops


# What runs beside each other: about as long as each other.
GROUPS = [[test_admin], [test_client, test_ops, test_account, test_hostile]]


def chosen(group, wanted):
    tests = [(name, test) for module in group for name, test in vars(module).items() if name.startswith("test_")]
    return [each for each in tests if not wanted or any(part in each[0] for part in wanted)]


def run(number, wanted):
    """Returns how many tests of a group passed and how many failed."""
    tests = chosen(GROUPS[number], wanted)
    passed, failed = 0, 0
    system = System()
    try:
        for name, test in tests:
            title = name.removeprefix("test_").replace("_", " ")
            browser = Browser(system.url, scripts=not name.endswith("without_scripts"))
            start = time.monotonic()
            try:
                test(system, browser)
                passed += 1
                print(f'✔ Test "{title}" passed after {time.monotonic() - start:.3f} seconds.', flush=True)
            except Exception:
                failed += 1
                browser.shoot(f"failed-{name}")
                traceback.print_exc()
                print(f'✘ Test "{title}" failed after {time.monotonic() - start:.3f} seconds.', flush=True)
            finally:
                browser.close()
    finally:
        leaks = system.stop()
    for leak in leaks:
        print(leak)
    print(f'{"✘" if leaks else "✔"} Test "No secret is in a file but its own" {"failed" if leaks else "passed"} after 0 seconds.', flush=True)
    return passed + (not leaks), failed + bool(leaks)


def main(wanted):
    numbers = [number for number, group in enumerate(GROUPS) if chosen(group, wanted)]
    with concurrent.futures.ProcessPoolExecutor(len(GROUPS)) as pool:
        results = list(pool.map(run, numbers, [wanted] * len(numbers)))
    passed, failed = (sum(column) for column in zip((0, 0), *results))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
