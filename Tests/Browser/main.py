"""Runs the tests of this folder one after the other against one system, and tells of each as Swift Testing does."""

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


def main(wanted):
    tests = [(name, test) for module in (test_admin, test_client, test_ops, test_account, test_hostile)
             for name, test in vars(module).items() if name.startswith("test_")]
    tests = [each for each in tests if not wanted or any(part in each[0] for part in wanted)]
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
    print(f'{"✘" if leaks else "✔"} Test "No secret is in a file but its own" {"failed" if leaks else "passed"} after 0 seconds.')
    passed, failed = passed + (not leaks), failed + bool(leaks)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
