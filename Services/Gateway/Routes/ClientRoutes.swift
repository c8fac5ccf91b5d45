import Hummingbird
import HummingbirdCore
import Models

extension [HTTPRoute] {
    static func clients(_ parts: GatewayParts) -> [HTTPRoute] {
        let fields = [FieldDefinition].of(request: CreateClient.messageType)
        return [
            HTTPRoute(
                method: .post, path: "/v1/clients", tag: "Clients", name: "createClient",
                summary: "Makes a client", access: .staff(.configure),
                body: RouteBody(name: "NewClient", fields: fields),
                answers: [.created("Client")]
            ) { call in
                let client = try await parts.upstream.ask(
                    try call.decodeBody(CreateClient.self), trace: call.trace)
                return .created(client, at: "/v1/clients")
            },
            HTTPRoute(
                method: .get, path: "/v1/clients", tag: "Clients", name: "listClients",
                summary: "Clients, newest first", access: .staff(.view),
                query: [Query.contains] + Query.page,
                answers: [.ok("ClientList")]
            ) { call in
                let request = ListClients(text: call.query["q"]?.stringValue, page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            },
            HTTPRoute(
                method: .get, path: "/v1/clients/{id}", tag: "Clients", name: "showClient",
                summary: "One client",
                access: .client(.view), answers: [.ok("Client")]
            ) { call in
                let id: ClientID = try call.id()
                guard try [nil, id].contains(call.onlyClient) else { throw Problem.notFound }
                return .json(try await parts.upstream.ask(ShowClient(id: id), trace: call.trace))
            },
        ]
    }
}
