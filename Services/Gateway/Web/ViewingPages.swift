import Hummingbird
import HummingbirdCore
import Models

/// Looking around as a client, and ending that.
struct ViewingPages: Sendable {
    let web: Web

    var routes: [HTTPRoute] {
        [
            .page(.post, "/admin/clients/{id}/view-as", "adminViewAs", access: .staff(.view)) { call in
                let id: ClientID = try call.id()
                try await web.api.ask("viewAsClient", call, body: ["client_id": .string(id.rawValue)])
                return .seeOther(Area.client.path)
            },
            .page(.post, "/view-as/end", "endViewAs", access: .signedIn, isOpenToViewers: true) { call in
                try await web.api.ask("endViewing", call)
                return .seeOther(Area.admin.path)
            },
        ]
    }
}
