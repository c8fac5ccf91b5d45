"""What another site, or a hostile name, would like to do in a browser."""

import http.server
import threading

from selenium.webdriver.common.by import By


def serve(page):
    """Another site: the same machine on another port, which a browser takes for another origin."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_a_hostile_name_is_a_name_on_every_page(system, browser):
    name = "\"\u0301 autofocus onfocus=document.title='broken' x=\"><script>document.title='broken'</script>"
    client = system.call("POST", "/v1/clients", {"name": name, "email": "hostile@example.com", "company": name})["id"]
    configuration = system.call("GET", "/v1/configurations?category=hosting")["items"][0]["id"]
    product = system.call("POST", "/v1/contract-products", {
        "client_id": client, "category": "hosting", "configuration_id": configuration, "name": name,
        "provision_fields": {"username": name, name[:40]: name}})["id"]
    browser.sign_in(system.admin())
    for path in ("/admin/clients", f"/admin/clients/{client}", "/admin/products", f"/admin/products/{product}",
                 f"/admin/products/{product}/fields", f"/admin/products/{product}/configuration",
                 f"/admin/products/{product}/run/create", "/admin/search?q=autofocus"):
        browser.go(path)
        assert "broken" not in browser.driver.title.replace(name, ""), path
        assert browser.driver.execute_script("return document.querySelectorAll('[onfocus], main script').length") == 0, path
    browser.go(f"/admin/clients/{client}")
    assert browser.find("h1").text == " ".join(name.split()), browser.find("h1").text
    browser.look("hostile-name")


def test_another_site_sends_no_form_and_frames_no_page(system, browser):
    browser.sign_in(system.admin())
    before = len(system.call("GET", "/v1/clients?limit=200")["items"])
    site = serve(f"""<form method="post" action="{system.url}/admin/clients/new"><input name="name" value="Evil">
        <input name="email" value="evil@example.com"></form>
        <iframe id="frame" src="{system.url}/admin"></iframe>""")
    try:
        browser.driver.get(f"http://127.0.0.1:{site.server_address[1]}/")
        frame = browser.driver.find_element(By.ID, "frame")
        browser.driver.switch_to.frame(frame)
        assert "Overview" not in browser.driver.page_source
        browser.driver.switch_to.default_content()
        browser.driver.execute_script("document.forms[0].submit()")
        browser.wait(lambda: "does not come from a page of this service" in browser.text, "the refusal")
    finally:
        site.shutdown()
    assert len(system.call("GET", "/v1/clients?limit=200")["items"]) == before
    browser.console()


def test_a_session_that_was_planted_is_not_the_one_that_is_signed_in(system, browser):
    browser.go("/sign-in")
    planted = "psr_session_" + "A" * 43
    browser.driver.add_cookie({"name": "purser_session", "value": planted, "path": "/"})
    browser.sign_in(system.admin())
    cookie = browser.driver.get_cookie("purser_session")
    assert cookie["value"] != planted and cookie["httpOnly"] and cookie["sameSite"] == "Lax"
    assert "purser_session" not in browser.driver.execute_script("return document.cookie")


def test_everything_works_by_keyboard(system, browser):
    from selenium.webdriver.common.keys import Keys
    browser.go("/sign-in")
    active = lambda: browser.driver.switch_to.active_element
    active().send_keys(system.admin()[0], Keys.TAB)
    active().send_keys(system.admin()[1], Keys.ENTER)
    browser.wait(lambda: browser.path == "/admin", "being signed in")
    active().send_keys(Keys.TAB)
    assert active().text == "Skip to the content"
    browser.shoot("skip-link")
    active().send_keys(Keys.ENTER)
    assert active().get_attribute("id") == "main"
    reached = set()
    browser.go("/admin")
    for _ in range(60):
        active().send_keys(Keys.TAB)
        reached.add(active().get_attribute("href") or active().tag_name)
        outline = browser.driver.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none" or active().tag_name == "body", active().get_attribute("outerHTML")[:200]
    assert any("/admin/attention" in each for each in reached)
