import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime

extension [HTTPRoute] {
    static func tokens(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .post, path: "/v1/tokens", tag: "Tokens", name: "createToken",
                summary: "Makes a bearer token; it is shown this once", access: .staff(.manageUsers),
                body: RouteBody(
                    name: "NewTokenRequest", fields: .of(request: CreateToken.messageType, without: ["by"])),
                answers: [.created("NewToken")]
            ) { call in
                var request = try call.decodeBody(CreateToken.self)
                request.by = Actor(try call.principal)
                guard request.role != .client || request.clientID != nil else {
                    throw Problem.invalid("/client_id", "is required where role is client")
                }
                guard request.role == .client || request.clientID == nil else {
                    throw Problem.invalid("/client_id", "is only for the role client; leave it out")
                }
                let reply = try await parts.upstream.ask(request, trace: call.trace)
                guard let sealed = reply["token"]?.string, let details = reply["details"] else {
                    throw RequestFailure(.internal, "The token that was made could not be read.")
                }
                let token = try parts.sealer.open(sealed, context: "token")
                var response = Response.json(
                    ["token": token, "details": try details.decoded()], status: .created)
                if let id = details["id"]?.string { response.headers[.location] = "/v1/tokens/\(id)" }
                return response
            },
            HTTPRoute(
                method: .get, path: "/v1/tokens", tag: "Tokens", name: "listTokens",
                summary: "All tokens that are not revoked, without the tokens themselves",
                access: .staff(.manageUsers),
                answers: [.ok("TokenList")]
            ) { call in .json(try await parts.upstream.ask(ListTokens(), trace: call.trace)) },
            HTTPRoute(
                method: .delete, path: "/v1/tokens/{id}", tag: "Tokens", name: "revokeToken",
                summary: "Ends a token at once", access: .staff(.manageUsers),
                answers: [RouteAnswer(status: .noContent, help: "It is no longer good", content: .nothing)]
            ) { call in
                let request = RevokeToken(id: try call.id(), by: Actor(try call.principal))
                _ = try await parts.upstream.ask(request, trace: call.trace)
                // The event that tells of it comes later than this answer.
                parts.principals.dropAll()
                return Response(status: .noContent)
            },
            HTTPRoute(
                method: .get, path: "/v1/whoami", tag: "Tokens", name: "whoAmI",
                summary: "Who asks, and what they may do", access: .signedIn,
                answers: [.ok("Principal")]
            ) { call in
                var principal = try call.principal
                principal.permissions = principal.grants.sorted()
                return .json(try JSONValue(encoding: principal))
            },
        ]
    }
}
