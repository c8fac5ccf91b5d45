import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// One's own account, which all rooms share: the password, the second factor, and signing out everywhere.
struct AccountPages: Sendable {
    static let path = "/account"

    let web: Web

    var routes: [HTTPRoute] {
        [
            .page(.get, Self.path, "account", access: .signedIn) { try await show($0, .init()) },
            .page(.post, Self.path + "/password", "accountPassword", access: .signedIn) {
                try await changePassword($0)
            },
            .page(.post, Self.path + "/second-factor", "accountBeginTwoFactor", access: .signedIn) {
                try await begin($0)
            },
            .page(.post, Self.path + "/second-factor/confirm", "accountConfirmTwoFactor", access: .signedIn) {
                try await confirm($0)
            },
            .page(.post, Self.path + "/second-factor/remove", "accountRemoveTwoFactor", access: .signedIn) {
                try await remove($0)
            },
            .page(.post, Self.path + "/sign-out", "accountSignOutEverywhere", access: .signedIn) { call in
                let response = try await web.api.respond("signOutEverywhere", call)
                return Self.signedOut(response, note: "signed-out")
            },
        ]
    }

    // MARK: The page

    /// What the page shows beside what is known of the session.
    private struct Shown {
        /// Of a form that came back: which, and what was wrong.
        var form: AccountForm?
        var problem: Problem?
        /// What an authenticator app is set up with; shown this once.
        var made: JSONValue?
        /// Recovery codes; shown this once.
        var codes: [JSONValue] = []
    }

    private func show(_ call: Call, _ shown: Shown) async throws -> Response {
        guard try !call.principal.isViewing else {
            throw Problem(.forbidden, "Your account is closed while you view as a client. End that first.")
        }
        let session = try await web.api.ask("showSession", call)
        let user = session["user"] ?? .null
        let isOn = user["two_factor"] == true
        let isConfirming = shown.made != nil || shown.form == .confirmation
        let mayHaveCodes = user["role"]?.stringValue != Role.client.rawValue
        var model: [String: JSONValue] = [
            "member": user, "session": session,
            "recovery_codes_left": user["recovery_codes_left"] ?? 0,
            "may_have_codes": .bool(mayHaveCodes), "made": shown.made ?? .null,
            "codes": .array(shown.codes), "has_codes": .bool(!shown.codes.isEmpty),
            "may_begin": .bool(!isOn && !isConfirming), "is_on": .bool(isOn),
            "begin_form": FormPage(problem: shown.form == .beginning ? shown.problem : nil).object,
        ]
        for form in [AccountForm.password, .confirmation, .removal] {
            let isOpen = form == .password || (form == .removal ? isOn : isConfirming && !isOn)
            model[form.rawValue + "_form"] =
                isOpen ? form.model(shown.form == form ? shown.problem : nil) : .null
        }
        // Neither room's own: it stands in the frame of where someone begins.
        let area: Area = try call.principal.role == .client ? .client : .admin
        var response = try web.page(
            call, "account", Heading(title: "Your account", area: area), model,
            status: shown.problem?.kind.status ?? .ok)
        response.headers[.retryAfter] = shown.problem?.retryAfterSeconds.map(String.init)
        return response
    }

    /// The page with what was wrong with one of its forms.
    private func show(_ call: Call, _ form: AccountForm, _ error: any Error) async throws -> Response {
        try await show(call, Shown(form: form, problem: try Problem(ofForm: error)))
    }

    /// To the sign-in, without the cookie.
    private static func signedOut(_ response: Response, note: String) -> Response {
        var answer = Response.seeOther("\(SignInPages.path)?done=\(note)")
        answer.headers[values: .setCookie] = response.headers[values: .setCookie]
        return answer
    }

    // MARK: What its forms do

    private func changePassword(_ call: Call) async throws -> Response {
        let form = AccountForm.password
        do {
            let password = form.value("password", in: call.form)
            guard password == form.value("password_again", in: call.form) else {
                throw Problem.invalid("/password_again", "is not the same as the new password")
            }
            let response = try await web.api.respond(
                "changeOwnPassword", call,
                body: [
                    "current_password": form.value("current_password", in: call.form), "password": password,
                ])
            return Self.signedOut(response, note: "own-password")
        } catch {
            return try await show(call, form, error)
        }
    }

    private func begin(_ call: Call) async throws -> Response {
        do {
            return try await show(call, Shown(made: try await web.api.ask("beginTwoFactor", call)))
        } catch {
            return try await show(call, .beginning, error)
        }
    }

    private func confirm(_ call: Call) async throws -> Response {
        let form = AccountForm.confirmation
        do {
            let made = try await web.api.ask(
                "confirmTwoFactor", call, body: ["code": form.value("code", in: call.form)])
            return try await show(call, Shown(codes: made["codes"]?.arrayValue ?? []))
        } catch {
            return try await show(call, form, error)
        }
    }

    private func remove(_ call: Call) async throws -> Response {
        let form = AccountForm.removal
        do {
            try await web.api.ask(
                "removeOwnTwoFactor", call,
                body: [
                    "password": form.value("password", in: call.form),
                    "code": form.value("code", in: call.form),
                ])
            return .seeOther("\(Self.path)?done=two-factor-off")
        } catch {
            return try await show(call, form, error)
        }
    }
}
