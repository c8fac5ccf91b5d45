/// A file of `Web/Assets`; the build puts them into the executable.
struct WebAsset: Sendable {
    /// The path under `Web/Assets`, as in `static/purser.css`.
    let name: String
    /// Tells this content from any other of the same name.
    let hash: String
    let content: String

    /// Where browsers find it. The name changes with the content, so it may be kept for ever.
    var path: String {
        let file = name.split(separator: "/").last ?? ""
        let parts = file.split(separator: ".", maxSplits: 1)
        return "/assets/\(parts.first ?? "")-\(hash).\(parts.last ?? "")"
    }

    /// What it is; nil for what is not served.
    var contentType: String? {
        switch name.split(separator: ".").last {
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: nil
        }
    }

    /// Those that browsers ask for, by path.
    static let served: [String: WebAsset] = Dictionary(
        all.filter { $0.name.hasPrefix("static/") }.map { ($0.path, $0) }
    ) { first, _ in first }

    /// The path of a file of `static/`.
    ///
    /// - Parameter name: one that is there; a missing one is a defect that every page shows.
    static func path(_ name: String) -> String {
        all.first { $0.name == "static/\(name)" }?.path ?? "/assets/missing"
    }
}
