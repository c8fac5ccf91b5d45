import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

extension HTTPRoute {
    /// A page, or what a page's form does.
    ///
    /// - Parameters:
    ///   - name: unique among all routes.
    ///   - isOpenToViewers: whether its form may be sent while viewing as a client.
    ///   - isProbe: whether it is so cheap that nobody is held back.
    static func page(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, access: Access,
        query: [FieldDefinition] = [], isOpenToViewers: Bool = false, isProbe: Bool = false,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) -> HTTPRoute {
        HTTPRoute(
            method: method, path: path, tag: "Pages", name: name, summary: "", access: access,
            isOpenToViewers: isOpenToViewers, isProbe: isProbe,
            query: query + (method == .get ? [Note.parameter] : []),
            isPage: true, answers: [], handler: handler)
    }
}

extension Call {
    /// The path that was asked for, without its query.
    var shownPath: String { request.uri.path }

    /// The caller is one of the staff and may do this, and is not just looking around.
    func may(_ permission: Permission) -> Bool {
        guard let caller, !caller.isViewing else { return false }
        return caller.may(permission)
    }

    /// The part of the path of that name as it is, for routes that check it themselves.
    func part(_ name: String = "id") throws -> String {
        guard let text = path.get(name) else { throw Problem.notFound }
        return text
    }
}
