import Foundation
import Models

/// Addresses of our own pages.
enum Address {
    private static let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))

    /// A path with a query; members that are null or empty are left out.
    static func path(_ path: String, _ query: [String: JSONValue] = [:]) -> String {
        let pairs = query.sorted { $0.key < $1.key }.compactMap { name, value -> String? in
            guard value != .null, let text = encoded(ShownValue.plain(value)), !text.isEmpty else {
                return nil
            }
            return "\(name)=\(text)"
        }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// A text as one part of a path or a query.
    static func encoded(_ text: String) -> String? {
        text.addingPercentEncoding(withAllowedCharacters: allowed)
    }
}
