"""One's own account: the password, and the second factor from setting it up to taking it off. And lists in forms."""

import base64
import hashlib
import hmac
import struct
import time

STEP_SECONDS = 30


def code(secret, step):
    """The code of an authenticator app (RFC 6238, SHA-1, six digits)."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def open_account(browser):
    browser.find("details.account summary").click()
    browser.find("details.account a[href='/account']").click()
    browser.wait(lambda: browser.path == "/account", "the account's page")


def change_password(browser, current, new, again):
    browser.fill("password/current_password", current)
    browser.fill("password/password", new)
    browser.fill("password/password_again", again)
    browser.button("Change the password")


def test_ones_own_password_and_second_factor(system, browser):
    email, first, second = "ada@example.com", "the first good password", "the second good password"
    system.call("POST", "/v1/users", {"email": email, "name": "Ada", "role": "staff", "permissions": ["view"], "password": first})
    browser.sign_in((email, first))
    open_account(browser)
    browser.look("account")
    change_password(browser, first, second, "something else")
    browser.wait(lambda: browser.all(".has-error"), "the message at the field")
    browser.look("account-password-wrong")
    change_password(browser, first, second, second)
    browser.wait_for_text("Your password was changed")
    browser.look("sign-in-again")
    browser.sign_in((email, second))

    open_account(browser)
    browser.button("Set it up")
    browser.wait(lambda: browser.all("#secret"), "the secret")
    secret = browser.find("#secret").text
    assert f"secret={secret}&" in browser.find("#otpauth").get_attribute("href")
    # No picture shows what a test could be signed in with.
    browser.driver.execute_script("for (const id of ['secret', 'otpauth']) document.getElementById(id).textContent = 'shown once'")
    browser.look("account-secret")
    browser.fill("confirmation/code", "no code")
    browser.button("Switch the second factor on")
    browser.wait(lambda: browser.all(".has-error"), "the message at the code")
    assert secret not in browser.driver.page_source
    browser.look("account-code-wrong")
    step = int(time.time()) // STEP_SECONDS
    browser.fill("confirmation/code", code(secret, step))
    browser.button("Switch the second factor on")
    browser.wait(lambda: browser.all("#recovery-codes"), "the recovery codes")
    recovery = browser.find("#recovery-codes").text.split()
    assert len(recovery) == 10, len(recovery)
    browser.driver.execute_script("document.getElementById('recovery-codes').textContent = 'shown once'")
    browser.look("account-recovery-codes")
    browser.link("I have kept them")
    browser.wait(lambda: browser.all("[name='removal/code']"), "the form that switches it off")
    assert recovery[0] not in browser.driver.page_source
    browser.look("account-second-factor-on")

    browser.button("Sign out everywhere")
    browser.wait_for_text("You were signed out everywhere")
    # Each code counts once: the app's next one, which is good already or a little later.
    browser.sign_in((email, second), code=lambda: code(secret, step + 1))
    open_account(browser)
    browser.fill("removal/password", second)
    browser.fill("removal/code", recovery[0])
    browser.button("Switch the second factor off")
    browser.wait_for_text("The second factor is off")
    browser.find("details.account summary").click()
    browser.click("//header//button[contains(., 'Sign out')]")
    browser.wait(lambda: browser.path.startswith("/sign-in"), "being signed out")
    browser.sign_in((email, second))


def test_a_clients_own_account(system, browser):
    browser.sign_in(system.client())
    open_account(browser)
    assert "Second factor" not in browser.text
    browser.look("client-account")


def domain_form(system):
    """The form of a function with a list: registering a domain, which is not registered yet."""
    client = system.call("GET", "/v1/clients")["items"][-1]["id"]
    configuration = system.call("GET", "/v1/configurations?category=domains")["items"][0]["id"]
    product = system.call("POST", "/v1/contract-products", {
        "client_id": client, "category": "domains", "configuration_id": configuration, "name": "A domain"})["id"]
    return f"/admin/products/{product}/run/register"


def edit_list(system, browser):
    path = domain_form(system)
    place = "parameters/additional_fields"
    browser.go(path)
    browser.fill("parameters/sld", "typed-before")
    browser.find(f"button[value='add {place}']").click()
    browser.wait(lambda: browser.all(f"[name='{place}/0/name']"), "the first entry")
    browser.fill(f"{place}/0/name", "vat")
    browser.fill(f"{place}/0/value", "007")
    browser.find(f"button[value='add {place}']").click()
    browser.wait(lambda: browser.all(f"[name='{place}/1/name']"), "the second entry")
    browser.fill(f"{place}/1/name", "signers")
    browser.choose(f"{place}/1/kind", "json")
    browser.fill(f"{place}/1/value", "[1]")
    browser.find(f"button[value='remove {place}/0']").click()
    browser.wait(lambda: not browser.all(f"[name='{place}/1/name']"), "one entry less")
    assert browser.find(f"[name='{place}/0/name']").get_attribute("value") == "signers"
    assert browser.find(f"textarea[name='{place}/0/value']").get_attribute("value") == "[1]"
    assert browser.find("[name='parameters/sld']").get_attribute("value") == "typed-before"
    assert browser.path.startswith(path), browser.path
    assert not system.call("GET", f"/v1/actions?contract_product_id={path.split('/')[3]}")["items"]


def test_a_list_in_a_form(system, browser):
    browser.sign_in(system.admin())
    edit_list(system, browser)
    browser.look("admin-run-list")


def test_a_list_in_a_form_without_scripts(system, browser):
    browser.sign_in(system.admin())
    edit_list(system, browser)
