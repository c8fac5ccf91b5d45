import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Models

/// Answers people's browsers with pages where something went wrong, and those who are not signed in with the way to sign in.
struct PageErrors: Sendable {
    let web: Web

    /// Nil where whoever asks wants a problem document.
    func response(for problem: Problem, to request: Request) -> Response? {
        guard Self.wantsPage(request) else { return nil }
        if problem.kind == .unauthenticated, !request.uri.path.hasPrefix(SignInPages.path) {
            let next = request.method == .get ? ReturnPath.query(request.head.path) : ""
            return .seeOther(SignInPages.path + next)
        }
        guard var response = web.problem(problem) else { return nil }
        for (name, value) in Response.problem(problem).headers.map({ ($0.name, $0.value) })
        where name == .retryAfter || name == .allow {
            response.headers[name] = value
        }
        return response
    }

    private static func wantsPage(_ request: Request) -> Bool {
        !request.uri.path.hasPrefix("/v1/") && request.headers[.accept]?.contains("text/html") == true
    }
}

/// Where someone goes once signed in: only to a path of ours.
enum ReturnPath {
    /// Longer paths are not come back to.
    private static let longest = 2000

    static let parameter = FieldDefinition(
        name: "next", type: .string, rules: [.max(longest)], help: "Where to go once signed in")

    /// A query that asks to come back to this path; empty where that is nowhere to come back to.
    static func query(_ path: String?) -> String {
        guard let path, path != "/", isOwn(path),
            let encoded = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
        else { return "" }
        return "?next=\(encoded)"
    }

    /// The path, where it leads to one of our pages; nil for another site's, however it is spelt.
    static func own(_ path: String?) -> String? {
        guard let path, isOwn(path) else { return nil }
        return path
    }

    /// Browsers read `//host`, `/\host`, and `/<tab>/host` as another site's addresses.
    private static func isOwn(_ path: String) -> Bool {
        let own = Area.allCases.map(\.path) + [AccountPages.path]
        return own.contains { path == $0 || path.hasPrefix($0 + "/") || path.hasPrefix($0 + "?") }
            && path.utf8.count <= longest
            && path.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
    }
}
