"""Headless Chromium, with what every test asks of a page: no violation of axe-core, nothing on the console, a picture."""

import importlib.util
import pathlib
import re

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOTS = ROOT / ".build" / "screenshots"
SCHEMES = ("light", "dark")
WIDTHS = (1280, 390)


def axe_source():
    """axe-core as axe-playwright-python ships it; that package is not imported, because it wants Playwright."""
    found = importlib.util.find_spec("axe_playwright_python")
    folder = pathlib.Path(list(found.submodule_search_locations)[0])
    return next(folder.rglob("axe.min.js")).read_text()


class Browser:
    def __init__(self, url, scripts=True):
        self.url = url
        self.axe = axe_source()
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,900",
                         "--hide-scrollbars", "--no-proxy-server"):
            options.add_argument(argument)
        if not scripts:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        options.binary_location = "/usr/bin/chromium"
        self.driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
        self.driver.set_page_load_timeout(60)
        self.seen = set()

    # --- Going about -------------------------------------------------------------------------------------------------

    def go(self, path):
        self.driver.get(self.url + path)

    @property
    def path(self):
        return self.driver.current_url.removeprefix(self.url)

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def link(self, text):
        self.click(f"//main//a[contains(normalize-space(.), {text!r})]")

    def button(self, text):
        self.click(f"//main//button[contains(normalize-space(.), {text!r})]")

    def click(self, path):
        """Clicks what is there, also where a live part is drawn anew in the same moment."""
        def attempt():
            try:
                self.driver.find_element(By.XPATH, path).click()
                return True
            except (NoSuchElementException, StaleElementReferenceException):
                return False
        self.wait(attempt, path)

    def fill(self, name, value):
        field = self.find(f"[name='{name}']")
        field.clear()
        field.send_keys(value)

    def choose(self, name, value):
        self.find(f"select[name='{name}'] option[value='{value}']").click()

    def wait(self, condition, what, seconds=30):
        WebDriverWait(self.driver, seconds).until(lambda _: condition(), f"{what} did not come; the page is {self.path}:\n"
                                                  + self.driver.page_source[:3000])

    def wait_for_text(self, text, seconds=30):
        self.wait(lambda: text in self.text, f"“{text}”", seconds)

    def sign_in(self, credentials, next_path="", code=None):
        self.go("/sign-in" + (f"?next={next_path}" if next_path else ""))
        self.fill("email", credentials[0])
        self.fill("password", credentials[1])
        self.find("button.primary").click()
        if code:
            self.wait(lambda: self.all("[name=code]"), "being asked for a code")
            self.fill("password", credentials[1])
            self.fill("code", code())
            self.find("button.primary").click()
        self.wait(lambda: not self.path.startswith("/sign-in"), "being signed in")

    # --- Looking -----------------------------------------------------------------------------------------------------

    def scheme(self, name):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name}, {"name": "prefers-reduced-motion", "value": "reduce"}]})

    def width(self, pixels):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": pixels, "height": 900, "deviceScaleFactor": 1, "mobile": False})

    def look(self, name):
        """Asks axe in both widths, wide in both schemes; keeps a picture of each, and reads the console."""
        found = []
        for pixels in WIDTHS:
            self.width(pixels)
            overflow = self.driver.execute_script(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if overflow > 0:
                found.append(f"{name}: {overflow} pixels wider than the window of {pixels}")
            # Colours are the same in both widths.
            for scheme in SCHEMES if pixels == WIDTHS[0] else SCHEMES[:1]:
                self.scheme(scheme)
                found += [f"{name} ({scheme}, {pixels}): {each}" for each in self.violations()]
                self.shoot(f"{name}-{pixels}-{scheme}")
        self.width(1280)
        self.scheme("light")
        found += self.console()
        assert not found, "\n".join(found)

    def violations(self):
        self.driver.execute_script(self.axe)
        result = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run(document, {resultTypes: ['violations']})"
            ".then((r) => done(r.violations), (e) => done([{id: String(e), nodes: []}]))")
        return [f"{each['id']}: " + "; ".join(node["html"][:160] + " " + (node.get("failureSummary") or "")[:200]
                                             for node in each["nodes"][:3]) for each in result]

    def console(self):
        """What the console says since the last time, but for pages that answer 4xx on purpose."""
        entries = self.driver.get_log("browser")
        return [f"console: {each['message']}" for each in entries
                if each["level"] in ("SEVERE", "WARNING") and not re.search(r"status of 4\d\d|favicon", each["message"])]

    def shoot(self, name):
        SHOTS.mkdir(parents=True, exist_ok=True)
        height = self.driver.execute_script("return Math.min(document.documentElement.scrollHeight, 4000)")
        width = self.driver.execute_script("return window.innerWidth")
        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}})
        import base64
        (SHOTS / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def close(self):
        self.driver.quit()
