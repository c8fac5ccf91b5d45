"""The client area: what a customer sees and does."""


def test_client_path(system, browser):
    browser.sign_in(system.client())
    assert browser.path == "/client", browser.path
    browser.look("client-products")
    product = system.product("hosting")
    browser.click(f"//main//a[@href='/client/products/{product['id']}']")
    browser.look("client-product")
    text = browser.find("main").text
    assert product["provision_fields"]["username"] in text
    for hidden in ("Provider", "Demo provider", "server_hostname", "subscription"):
        assert hidden not in text, hidden
    browser.link("Measure")
    browser.button("Usage")
    browser.wait_for_text("Done")
    browser.look("client-action")
    browser.go(f"/client/products/{product['id']}")
    browser.wait(lambda: browser.all("svg.meter"), "the picture of the usage")
    browser.look("client-product-measured")
    browser.link("Log in to control panel")
    browser.look("client-run")
    browser.button("Log in to control panel")
    browser.wait_for_text("Open")
    browser.look("client-action-login")
    browser.go(f"/client/products/{product['id']}/run/changePassword")
    browser.fill("parameters/password", "short")
    browser.button("Change password")
    browser.wait(lambda: "/actions/" in browser.path or browser.all(".has-error"), "an answer")
    browser.look("client-password")
    browser.go("/client/activity")
    browser.look("client-activity")
    for path in ("/admin", "/ops", f"/admin/products/{product['id']}"):
        browser.go(path)
        assert "This is not allowed to you" in browser.text, path


def test_client_products_of_every_category(system, browser):
    browser.sign_in(system.client())
    for product in system.call("GET", "/v1/contract-products")["items"]:
        if product["id"] != system.product(product["category"])["id"]:
            continue
        browser.go(f"/client/products/{product['id']}")
        browser.look(f"client-product-{product['category']}")
        for link in [each.get_attribute("href") for each in browser.all("main .function-list a")]:
            browser.driver.get(link)
            assert browser.all("form[method=post]"), link
            browser.look("client-run-" + product["category"] + "-" + link.split("/")[-1])


def test_client_is_told_how_to_reach_a_server(system, browser):
    browser.sign_in(system.client())
    product = system.product("servers")
    for way in ("vnc", "form"):
        browser.go(f"/client/products/{product['id']}/run/getConnection")
        browser.fill("parameters/application", way)
        browser.button("Open console")
        browser.wait(lambda: browser.path.startswith("/client/actions/act_"), "the action's page")
        browser.wait_for_text("Port" if way == "vnc" else "It is ready")
        browser.look(f"client-action-{way}")
    browser.driver.get(browser.find("main a.primary").get_attribute("href"))
    form = browser.find("main form")
    assert form.get_attribute("action").startswith("https://"), form.get_attribute("action")
    assert not browser.all("main form [name=csrf_token]")
    browser.look("client-open")


def test_staff_view_as_a_client_and_change_nothing(system, browser):
    client = next(each["id"] for each in system.call("GET", "/v1/clients")["items"] if each["name"] == "Demo client")
    browser.sign_in(system.admin())
    browser.go(f"/admin/clients/{client}")
    browser.button("View as this client")
    browser.wait(lambda: browser.path == "/client", "the client's products")
    browser.look("client-viewed")
    browser.find(".viewing button").click()
    browser.wait(lambda: browser.path == "/admin", "the admin area")
