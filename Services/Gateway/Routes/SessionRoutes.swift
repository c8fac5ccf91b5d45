import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// Signing in and out.
    static func sessions(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/sessions", tag: "Sessions", name: "signIn",
                summary:
                    "Signs in with a password, and a code where one is asked for; sets the session's cookie",
                access: .none,
                body: RouteBody(
                    name: "SignIn", fields: .of(request: SignIn.messageType, without: ["address"])),
                answers: [
                    RouteAnswer(
                        status: .created, help: "The session, with its csrf_token",
                        content: .structure("Session"),
                        headers: ["Location": "Where it is", "Set-Cookie": "The session's cookie"])
                ], furtherProblems: [.unauthenticated, .forbidden, .tooMany, .unavailable]
            ) { call in
                guard let email = call.body["email"]?.stringValue,
                    let password = call.body["password"]?.stringValue
                else { throw Problem.internal }
                let (secret, session) = try await parts.signIns.begin(
                    email: email, password: password, code: call.body["code"]?.stringValue, call)
                var response = Response.json(try JSONValue(encoding: session), status: .created)
                response.headers[.location] = "/v1/sessions/current"
                response.headers[.setCookie] = parts.signIns.cookie(secret, for: call)
                return response
            },
            HTTPRoute(
                method: .get, path: "/v1/sessions/current", tag: "Sessions", name: "showSession",
                summary: "Who is signed in, and the csrf_token of the session", access: .signedIn,
                answers: [.ok("Session")], furtherProblems: [.conflict]
            ) { call in
                let request = ShowSession(id: try call.signedIn.session)
                let session = try await parts.upstream.fetch(request, trace: call.trace)
                return .json(try JSONValue(encoding: parts.signIns.shown(session, call.session)))
            },
            HTTPRoute(
                method: .delete, path: "/v1/sessions/current", tag: "Sessions", name: "signOut",
                summary: "Signs out", access: .signedIn, isOpenToViewers: true, answers: [.signedOut],
                furtherProblems: [.conflict]
            ) { call in
                try await parts.signIns.end(call)
                return parts.signIns.signedOut(call)
            },
            HTTPRoute(
                method: .delete, path: "/v1/sessions", tag: "Sessions", name: "signOutEverywhere",
                summary: "Signs out everywhere: ends all of one's sessions", access: .signedIn,
                isOpenToViewers: true, answers: [.signedOut], furtherProblems: [.conflict]
            ) { call in
                try await parts.signIns.end(call, all: true)
                return parts.signIns.signedOut(call)
            },
            HTTPRoute(
                method: .post, path: "/v1/sessions/current/view-as", tag: "Sessions", name: "viewAsClient",
                summary: "Lets one look around as a client, without changing anything; the log tells of it",
                access: .staff(.view), body: RouteBody(name: "ViewAs", fields: [viewedClient]),
                answers: [.ok("Session")]
            ) { call in
                let client = call.body["client_id"]?.stringValue.map { ClientID(rawValue: $0) }
                return try await parts.signIns.view(as: client, call)
            },
            HTTPRoute(
                method: .delete, path: "/v1/sessions/current/view-as", tag: "Sessions", name: "endViewing",
                summary: "Ends looking around as a client", access: .signedIn, isOpenToViewers: true,
                answers: [.ok("Session")], furtherProblems: [.conflict]
            ) { call in
                guard try call.principal.isViewing else {
                    throw Problem(.conflict, "You do not view as a client.")
                }
                return try await parts.signIns.view(as: nil, call)
            },
        ]
    }

    private static var viewedClient: FieldDefinition {
        FieldDefinition(
            name: "client_id", type: .string, isRequired: true, help: "As whom", reference: "ClientID")
    }
}

extension RouteAnswer {
    /// 204, and the cookie is removed.
    static let signedOut = RouteAnswer(
        status: .noContent, help: "Signed out", content: .nothing,
        headers: ["Set-Cookie": "Removes the session's cookie"])
}

extension SignIns {
    /// 204, and the cookie is removed.
    func signedOut(_ call: Call) -> Response {
        Response(status: .noContent, headers: [.setCookie: cookieRemoval(for: call)])
    }

    fileprivate func view(as client: ClientID?, _ call: Call) async throws -> Response {
        let request = ViewAsClient(id: try call.signedIn.session, clientID: client)
        let session = try await upstream.fetch(request, trace: call.trace)
        forget(call)
        return .json(try JSONValue(encoding: shown(session, call.session)))
    }
}
