import Hummingbird
import HummingbirdCore
import Models

/// The provider's traffic of one log entry, opened; that it was is recorded.
struct DebugPage: Sendable {
    let web: Web

    var routes: [HTTPRoute] {
        [
            // Not by a link: that someone looked is recorded, and another site's link must not do that.
            .page(.post, "/admin/log/{id}/debug", "adminDebug", access: .staff(.revealDebugData)) { call in
                let data = try await web.api.ask("showDebugData", call, path: ["id": try call.part()])
                return try web.page(
                    call, "admin-debug",
                    Heading(title: "Debug data", area: .admin, section: "/admin/actions"),
                    ["traffic": data["text"] ?? .null])
            }
        ]
    }
}
