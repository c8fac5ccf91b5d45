import Hummingbird
import HummingbirdCore
import Models
import ServiceRuntime
import NIOCore

/// A request that passed its route's checks: who asks, and what was asked, all of it valid.
struct Call: Sendable {
    let request: Request
    /// Who asks; nil only on routes that need no token.
    let caller: Principal?
    let path: Parameters
    let query: [String: JSONValue]
    let body: [String: JSONValue]
    let trace: TraceContext
    let channel: any Channel

    /// Who asks.
    ///
    /// - Throws: a defect of the route table, where a route without a token asks for this.
    var principal: Principal {
        get throws {
            guard let caller else { throw Problem.internal }
            return caller
        }
    }

    /// The client that everything asked for must belong to; nil for an administrator.
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

    /// Who asks, for the record: the token's name and id.
    var actor: String {
        get throws {
            let principal = try principal
            return "\(principal.name) (\(principal.tokenID))"
        }
    }

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
