import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime
import NIOCore

/// A request that passed its route's checks: who asks, and what was asked, all of it valid.
struct Call: Sendable {
    var request: Request
    /// Who asks; nil only on routes that need no token.
    let caller: Principal?
    /// The session whose cookie was sent; nil where a bearer token was.
    let session: SessionSecret?
    var path: Parameters
    var query: [String: JSONValue]
    var body: [String: JSONValue]
    /// What a page's form brought; empty on other routes.
    var form = SentForm()
    let trace: TraceContext
    let channel: any Channel
    /// Whether who asks would still be let in; for what goes on for long.
    var isStillAdmitted: @Sendable () async -> Bool = { true }

    /// Who asks.
    ///
    /// - Throws: a defect of the route table, where a route without a token asks for this.
    var principal: Principal {
        get throws {
            guard let caller else { throw Problem.internal }
            return caller
        }
    }

    /// Whose functions and facts they see.
    var audience: Audience { get throws { try principal.role.audience } }

    /// The client that everything asked for must belong to; nil for staff.
    ///
    /// - Throws: 403 where a client's token names no client.
    var onlyClient: ClientID? {
        get throws {
            let principal = try principal
            guard principal.role == .client else { return nil }
            guard let client = principal.clientID else {
                throw Problem(.forbidden, "The token belongs to no client. Make a new one.")
            }
            return client
        }
    }

    /// Who asks, for the record: the token's or user's name and id.
    var actor: String { get throws { try principal.recordName } }

    /// An identifier in the path.
    ///
    /// - Throws: 404 where it has not the form of one: no such thing can be there.
    func id<ID: Identifier>(_ name: String = "id", as type: ID.Type = ID.self) throws -> ID {
        guard let text = path.get(name) else { throw Problem.notFound }
        let id = ID(rawValue: text)
        guard id.isWellFormed else { throw Problem.notFound }
        return id
    }

    /// A number in the path.
    ///
    /// - Throws: 404 where it is none.
    func number(_ name: String = "id") throws -> Int {
        guard let number = path.get(name).flatMap({ Int($0) }), number >= 0 else { throw Problem.notFound }
        return number
    }

    /// Which part of a listing is asked for.
    var page: Page {
        Page(cursor: query["cursor"]?.stringValue, limit: query["limit"]?.integerValue ?? Query.defaultLimit)
    }
}
