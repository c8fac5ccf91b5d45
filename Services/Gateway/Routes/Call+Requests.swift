import Hummingbird
import HummingbirdCore
import Models

extension Call {
    /// The body, which was found good, as the request over the bus that has its fields.
    func decodeBody<Request: BusRequest>(_ type: Request.Type) throws -> Request {
        try Request(json: .object(body))
    }

    /// Whose things are asked for: a client's own, or what an administrator filters by.
    ///
    /// - Throws: 404 where a client asks for another's.
    var clientFilter: ClientID? {
        get throws {
            let asked = query["client_id"]?.stringValue.map { ClientID(rawValue: $0) }
            guard let own = try onlyClient else { return asked }
            guard asked == nil || asked == own else { throw Problem.notFound }
            return own
        }
    }
}

extension RouteBody {
    /// For calls that take nothing; an empty object is let through.
    static func none(named name: String) -> RouteBody {
        RouteBody(name: name, fields: [], isOptional: true)
    }
}

extension RawJSON {
    /// With `Secret.mask` in the place of everything that is sealed.
    func maskingSealed() throws -> RawJSON {
        mayHaveSealed ? RawJSON(try decoded().maskingSealed) : self
    }
}

extension Response {
    /// 201 with what was made, and where it is.
    static func created(_ thing: RawJSON, at path: String) -> Response {
        var response = json(thing, status: .created)
        if let id = thing["id"]?.string { response.headers[.location] = "\(path)/\(id)" }
        return response
    }
}
