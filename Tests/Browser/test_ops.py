"""The ops console: the live log, and the pictures that update."""


def test_ops_overview(system, browser):
    browser.sign_in(system.admin())
    browser.go("/ops")
    browser.wait_for_text("Providers, the last hour")
    browser.look("ops-overview")
    browser.go("/ops/dead-letters")
    browser.look("ops-dead-letters")


def test_live_console(system, browser):
    browser.sign_in(system.admin())
    browser.go("/ops/log")
    browser.wait(lambda: browser.find("#live-state").text == "Live", "the stream")
    product = system.product("hosting")
    action = system.call("POST", f"/v1/contract-products/{product['id']}/actions?wait=20", {"function": "getInfo"})["id"]
    browser.wait(lambda: any(action in each.get_attribute("href") for each in browser.all("#live-log dd a")), "its entries")
    browser.look("ops-log")
    browser.find("#live-pause").click()
    before = len(browser.all("#live-log .entry"))
    system.call("POST", f"/v1/contract-products/{product['id']}/actions?wait=20", {"function": "getInfo"})
    browser.wait(lambda: "new" in browser.find("#live-state").text and "0 new" not in browser.find("#live-state").text,
                 "what waits while it is paused")
    assert len(browser.all("#live-log .entry")) == before
    browser.find("#live-pause").click()
    browser.wait(lambda: browser.find("#live-state").text == "Live", "going on")
    browser.find("#live-log summary").click()
    link = next(each for each in browser.all("#live-log dd a") if action in each.get_attribute("href"))
    browser.driver.get(link.get_attribute("href"))
    assert browser.path == f"/admin/actions/{action}"
    browser.go("/ops/log?level=error")
    browser.look("ops-log-filtered")
