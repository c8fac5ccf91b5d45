import Hummingbird
import HummingbirdCore
import Models

extension [HTTPRoute] {
    /// What third parties told without being asked.
    static func notices(_ parts: GatewayParts) -> [HTTPRoute] {
        [
            HTTPRoute(
                method: .get, path: "/v1/notices", tag: "Notices", name: "listNotices",
                summary: "Notices of third parties, newest first; a page of large ones may be short",
                access: .staff(.view), query: [Query.configurationID] + Query.page,
                answers: [.ok("NoticeList")]
            ) { call in
                let request = ListNotices(
                    configurationID: call.query["configuration_id"]?.stringValue.map {
                        ConfigurationID(rawValue: $0)
                    }, page: call.page)
                return .json(try await parts.upstream.ask(request, trace: call.trace))
            }
        ]
    }
}
