import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// The ways in and out.
struct SignInPages: Sendable {
    static let path = "/sign-in"

    let web: Web

    var routes: [HTTPRoute] {
        [
            .page(.get, "/", "start", access: .signedIn) { call in
                .seeOther(Area.home(of: try call.principal))
            },
            .page(.get, Self.path, "signInPage", access: .none, query: [ReturnPath.parameter]) { call in
                try show(next: ReturnPath.own(call.query["next"]?.stringValue), done: call.query["done"])
            },
            .page(.post, Self.path, "signInForm", access: .none) { try await signIn($0) },
            .page(.post, "/sign-out", "signOutForm", access: .signedIn, isOpenToViewers: true) { call in
                let response = try await web.api.respond("signOut", call)
                var answer = Response.seeOther(Self.path)
                answer.headers[values: .setCookie] = response.headers[values: .setCookie]
                return answer
            },
        ]
    }

    private func signIn(_ call: Call) async throws -> Response {
        let next = ReturnPath.own(call.form["next"])
        let email = call.form["email"]?.trimmed ?? ""
        var body: [String: JSONValue] = [
            "email": .string(email), "password": .string(call.form["password"] ?? ""),
        ]
        if let code = call.form["code"]?.trimmed, !code.isEmpty { body["code"] = .string(code) }
        do {
            let response = try await web.api.respond("signIn", call, body: body)
            var answer = Response.seeOther(next ?? "/")
            answer.headers[values: .setCookie] = response.headers[values: .setCookie]
            return answer
        } catch {
            let problem = Problem(error)
            let known: [Problem.Kind] = [.unauthenticated, .codeRequired, .tooMany, .invalidFields]
            guard known.contains(problem.kind) else { throw error }
            var response = try show(
                next: next, email: email, problem: problem,
                needsCode: problem.kind == .codeRequired || call.form["code"] != nil)
            response.headers[.retryAfter] = problem.retryAfterSeconds.map(String.init)
            return response
        }
    }

    private func show(
        next: String?, email: String = "", problem: Problem? = nil, needsCode: Bool = false,
        done: JSONValue? = nil
    ) throws -> Response {
        let message: String? =
            switch problem?.kind {
            case nil: nil
            case .codeRequired: "Enter the code of your authenticator app, and your password once more."
            case .invalidFields: "Enter your e-mail address and your password."
            default: problem?.detail
            }
        let model: [String: JSONValue] = [
            "page": web.plainFrame("Sign in", done: done), "next": next.map(JSONValue.string) ?? .null,
            "email": .string(email), "error": message.map(JSONValue.string) ?? .null,
            "needs_code": .bool(needsCode),
        ]
        // 401 would have a browser ask for a password by itself only with a WWW-Authenticate of its kind; none is sent.
        return .html(try web.templates.render("sign-in", model), status: problem?.kind.status ?? .ok)
    }
}
