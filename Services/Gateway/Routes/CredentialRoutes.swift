import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    /// One's own password and second factor.
    static func credentials(_ parts: GatewayParts) -> [HTTPRoute] {
        let sealer = parts.sealer
        return [
            HTTPRoute(
                method: .post, path: "/v1/sessions/current/password", tag: "Sessions",
                name: "changeOwnPassword",
                summary: "Changes one's own password, and signs out everywhere", access: .signedIn,
                body: RouteBody(
                    name: "PasswordChange",
                    fields: .of(request: SetPassword.messageType, without: ["id", "by"])),
                answers: [.signedOut]
            ) { call in
                let type = SetPassword.messageType
                let request = SetPassword(
                    id: try call.signedIn.user,
                    password: try sealer.sealed(call, "password", for: type) ?? "",
                    currentPassword: try sealer.sealed(call, "current_password", for: type),
                    by: Actor(try call.principal))
                _ = try await parts.upstream.ask(request, trace: call.trace)
                parts.signIns.forget(call)
                return parts.signIns.signedOut(call)
            },
            HTTPRoute(
                method: .post, path: "/v1/sessions/current/totp", tag: "Sessions", name: "beginTwoFactor",
                summary: "Begins to set up a second factor: the secret for an authenticator app",
                access: .signedIn, body: .none(named: "NoContent"), answers: [.ok("TwoFactorSecret")]
            ) { call in
                let request = BeginTwoFactor(userID: try call.signedIn.user)
                let made = try await parts.upstream.fetch(request, trace: call.trace)
                let name = TwoFactorSecret.sealedAs
                return .json([
                    "secret": .string(try sealer.open(made.secret, for: name, "secret")),
                    "uri": .string(try sealer.open(made.uri, for: name, "uri")),
                ])
            },
            HTTPRoute(
                method: .post, path: "/v1/sessions/current/totp/confirm", tag: "Sessions",
                name: "confirmTwoFactor",
                summary: "Sets the second factor up with a code of it; shows the recovery codes this once",
                access: .signedIn,
                body: RouteBody(
                    name: "TwoFactorCode",
                    fields: .of(
                        request: ConfirmTwoFactor.messageType, without: ["user_id", "session_id"])),
                answers: [.ok("RecoveryCodes")]
            ) { call in
                let request = ConfirmTwoFactor(
                    userID: try call.signedIn.user, sessionID: try call.signedIn.session,
                    code: try sealer.sealed(call, "code", for: ConfirmTwoFactor.messageType) ?? "")
                let made = try await parts.upstream.fetch(request, trace: call.trace)
                let codes = try made.codes.map {
                    JSONValue.string(try sealer.open($0, for: RecoveryCodes.sealedAs, "codes"))
                }
                return .json(["codes": .array(codes)])
            },
            HTTPRoute(
                method: .post, path: "/v1/sessions/current/totp/remove", tag: "Sessions",
                name: "removeOwnTwoFactor",
                summary: "Removes one's own second factor, with the password and a code", access: .signedIn,
                body: RouteBody(
                    name: "TwoFactorRemoval",
                    fields: .of(request: RemoveTwoFactor.messageType, without: ["user_id", "by"])),
                answers: [RouteAnswer(status: .noContent, help: "No code is asked for", content: .nothing)]
            ) { call in
                let type = RemoveTwoFactor.messageType
                let request = RemoveTwoFactor(
                    userID: try call.signedIn.user,
                    password: try sealer.sealed(call, "password", for: type),
                    code: try sealer.sealed(call, "code", for: type), by: Actor(try call.principal))
                _ = try await parts.upstream.ask(request, trace: call.trace)
                return Response(status: .noContent)
            },
        ]
    }
}

extension Sealer {
    /// A secret text of the body, sealed for a field of a request; nil where it was not given.
    func sealed(_ call: Call, _ field: String, for type: String) throws -> String? {
        guard let text = call.body[field]?.stringValue else { return nil }
        return try seal(text, for: type, field)
    }
}
