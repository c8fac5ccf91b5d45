import HTTPTypes
import Models

extension RouteAnswer {
    /// 200 with a structure of the contracts.
    static func ok(_ structure: String, _ help: String = "What was asked for") -> RouteAnswer {
        RouteAnswer(status: .ok, help: help, content: .structure(structure))
    }

    /// 202 with what goes on by itself.
    static func accepted(_ structure: String) -> RouteAnswer {
        RouteAnswer(status: .accepted, help: "What goes on by itself", content: .structure(structure))
    }

    /// 201 with what was made.
    static func created(_ structure: String) -> RouteAnswer {
        RouteAnswer(
            status: .created, help: "What was made", content: .structure(structure),
            headers: ["Location": "Where it is"])
    }
}

extension [FieldDefinition] {
    /// The fields of a request's data over the bus, without those that the gateway fills in.
    static func of(request type: String, without omitted: Set<String> = []) -> [FieldDefinition] {
        let message = RequestsContract.catalogue.messages.first { $0.type == type }
        guard let message else { preconditionFailure("the contracts have no request \(type)") }
        return message.fields.filter { !omitted.contains($0.name) }
    }
}
