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
                summary: "Makes a bearer token; it is shown this once", access: .admin,
                body: RouteBody(name: "NewTokenRequest", fields: .of(request: CreateToken.messageType)),
                answers: [.created("NewToken")]
            ) { call in
                let request = try call.decodeBody(CreateToken.self)
                guard request.role == .admin || request.clientID != nil else {
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
                summary: "All tokens that are not revoked, without the tokens themselves", access: .admin,
                answers: [.ok("TokenList")]
            ) { call in .json(try await parts.upstream.ask(ListTokens(), trace: call.trace)) },
            HTTPRoute(
                method: .delete, path: "/v1/tokens/{id}", tag: "Tokens", name: "revokeToken",
                summary: "Ends a token at once", access: .admin,
                answers: [RouteAnswer(status: .noContent, help: "It is no longer good", content: .nothing)]
            ) { call in
                _ = try await parts.upstream.ask(RevokeToken(id: try call.id()), trace: call.trace)
                // The event that tells of it comes later than this answer.
                parts.principals.dropAll()
                return Response(status: .noContent)
            },
            HTTPRoute(
                method: .get, path: "/v1/whoami", tag: "Tokens", name: "whoAmI",
                summary: "Whom the token of this call belongs to", access: .client,
                answers: [.ok("Principal")]
            ) { call in
                let principal = try call.principal
                var members: [String: JSONValue] = [
                    "token_id": .string(principal.tokenID.rawValue), "name": .string(principal.name),
                    "role": .string(principal.role.rawValue),
                ]
                members["client_id"] = principal.clientID.map { .string($0.rawValue) }
                return .json(.object(members))
            },
        ]
    }
}
