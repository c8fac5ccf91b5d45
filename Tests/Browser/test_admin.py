"""The admin area: from signing in to a finished action with its log, and from a failure to its retry."""


def test_admin_path_from_sign_in_to_a_finished_action_with_its_log(system, browser):
    browser.go("/admin/clients")
    assert browser.path.startswith("/sign-in?next="), browser.path
    browser.look("sign-in")
    browser.fill("email", system.admin()[0])
    browser.fill("password", "not the password")
    browser.find("button.primary").click()
    browser.wait(lambda: browser.all("#sign-in-error"), "the message")
    browser.look("sign-in-wrong")
    browser.sign_in(system.admin(), "%2Fadmin%2Fclients")
    assert browser.path == "/admin/clients", browser.path
    browser.look("admin-clients")
    browser.link("Demo client")
    browser.look("admin-client")
    product = system.product("hosting")
    browser.link(product["name"])
    browser.wait_for_text("Active")
    browser.look("admin-product")
    for tab in ("configuration", "fields", "log"):
        browser.go(f"/admin/products/{product['id']}/{tab}")
        browser.look(f"admin-product-{tab}")
    browser.go(f"/admin/products/{product['id']}")
    browser.link("Suspend")
    browser.look("admin-run")
    browser.button("Suspend")
    browser.wait(lambda: browser.path.startswith("/admin/actions/act_"), "the action's page")
    browser.wait_for_text("Done")
    browser.wait_for_text("Result")
    browser.driver.refresh()
    browser.wait_for_text("Committed outcome")
    browser.look("admin-action")
    assert system.product("hosting")["status"] == "suspended"
    browser.go(f"/admin/products/{product['id']}")
    browser.wait_for_text("Suspended")
    browser.link("Unsuspend")
    browser.button("Unsuspend")
    browser.wait_for_text("Done")


def test_admin_listings_and_forms(system, browser):
    browser.sign_in(system.admin())
    browser.go("/admin")
    browser.look("admin-overview")
    client = system.call("GET", "/v1/clients")["items"][0]["id"]
    pages = ["clients/new", "products", "actions", "actions?state=failed", "attention", "attention?attention=unsure",
             "attention?attention=stuck", "configurations", "configurations/new", "adapters", "users", "users/new",
             "tokens", "tokens/new", "search?q=demo", "search?q=nothing-at-all", f"clients/{client}/products/new",
             f"clients/{client}/products/new?category=hosting", "configurations/new?category=hosting&provider=demo"]
    for page in pages:
        browser.go(f"/admin/{page}")
        name = "admin-" + page.replace("/", "-").replace("?", "-").replace("&", "-").replace("=", "-").replace(client, "client")
        browser.look(name)
    browser.go("/admin/nothing")
    browser.look("problem")


def test_admin_makes_a_client_a_configuration_and_a_product(system, browser):
    browser.sign_in(system.admin())
    browser.go("/admin/clients/new")
    browser.fill("name", "A client with quite a long name that goes on and on, so that the page has to do something about it")
    browser.fill("email", "nobody")
    browser.button("Make the client")
    browser.wait(lambda: browser.all(".has-error"), "the message at the field")
    browser.look("admin-client-invalid")
    browser.fill("email", "long@example.com")
    browser.button("Make the client")
    browser.wait_for_text("The client was made.")
    browser.look("admin-client-new")
    client = browser.path.split("/")[-1].split("?")[0]
    browser.go("/admin/configurations/new?category=hosting&provider=demo")
    browser.fill("name", "Demo with faults")
    browser.choose("settings/fault", "rejected")
    browser.button("Make the configuration")
    browser.wait_for_text("The configuration was saved.")
    browser.look("admin-configuration")
    browser.button("Test the connection")
    browser.wait(lambda: browser.all("[role=status] .badge"), "the test's result")
    browser.look("admin-configuration-tested")
    configuration = next(each["id"] for each in system.call("GET", "/v1/configurations?category=hosting")["items"]
                         if each["name"] == "Demo with faults")
    browser.go(f"/admin/clients/{client}/products/new?category=hosting")
    browser.fill("name", "Long site")
    browser.choose("configuration_id", configuration)
    browser.button("Add the product")
    browser.wait_for_text("The product was made.")
    assert "Pending" in browser.text


def test_a_failing_action_to_its_retry(system, browser):
    client = system.call("GET", "/v1/clients")["items"][-1]["id"]
    configuration = system.call("POST", "/v1/configurations", {
        "category": "hosting", "provider": "demo", "name": "Refuses everything", "settings": {"fault": "rejected"}})["id"]
    product = system.call("POST", "/v1/contract-products", {
        "client_id": client, "category": "hosting", "configuration_id": configuration, "name": "Refused site"})["id"]
    browser.sign_in(system.admin())
    browser.go(f"/admin/products/{product}")
    browser.link("Create account")
    browser.fill("parameters/package_name", "Starter")
    browser.fill("parameters/domain", "refused.example.com")
    browser.button("Create account")
    browser.wait(lambda: browser.path.startswith("/admin/actions/act_"), "the action's page")
    browser.wait_for_text("Failed")
    browser.look("admin-action-failed")
    browser.go("/admin/attention")
    browser.wait_for_text("Refused site")
    browser.look("admin-attention-failed")
    system.call("PATCH", f"/v1/configurations/{configuration}", {"settings": {"fault": "none"}})
    browser.find("input[name=id]").click()
    browser.button("Retry")
    browser.wait_for_text("1 decided")
    browser.look("admin-group")
    browser.link("Create account")
    browser.wait_for_text("Done")
    browser.go("/admin/attention")
    browser.wait(lambda: "Refused site" not in browser.text, "the list without what was made good")
    # What cannot be taken back asks for the name, also of those who send the form without the script.
    browser.go(f"/admin/products/{product}")
    browser.link("Terminate")
    browser.look("admin-run-dangerous")
    assert not browser.find("button.danger").is_enabled()
    browser.fill("confirm", "Refused site")
    assert browser.find("button.danger").is_enabled()
    browser.find("button.danger").click()
    browser.wait_for_text("Done")


def test_users_and_tokens(system, browser):
    browser.sign_in(system.admin())
    browser.go("/admin/users/new")
    browser.fill("email", "sam@example.com")
    browser.fill("name", "Sam of the night shift")
    browser.choose("role", "staff")
    browser.fill("password", "a long enough password")
    browser.find("input[value=view]").click()
    browser.button("Make the user")
    browser.wait_for_text("The user was saved.")
    browser.look("admin-user")
    browser.go("/admin/tokens/new")
    browser.fill("name", "Portal")
    browser.choose("role", "admin")
    browser.button("Make the token")
    browser.wait(lambda: browser.all("#token"), "the token")
    assert browser.find("#token").text.startswith("psr_admin_")
    browser.driver.execute_script("document.getElementById('token').textContent = 'psr_admin_shown_once'")
    browser.look("admin-token-made")


def test_admin_path_without_scripts(system, browser):
    browser.sign_in(system.admin())
    product = system.product("hosting")
    browser.go(f"/admin/products/{product['id']}/run/getInfo")
    browser.button("Look up")
    assert browser.path.startswith("/admin/actions/act_"), browser.path
    for _ in range(20):
        if "Done" in browser.text:
            break
        browser.driver.refresh()
    assert "Done" in browser.text
    browser.go("/admin/actions?state=succeeded")
    assert "Look up" in browser.text
    browser.go("/ops/log")
    assert "Committed outcome" in browser.text
