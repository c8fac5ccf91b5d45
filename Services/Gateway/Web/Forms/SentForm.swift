import Foundation
import Hummingbird
import HummingbirdCore
import Models
import NIOCore

/// What a page's form brought: texts by name, in the order in which they came.
///
/// - SeeAlso: the URL standard, section 5 (`application/x-www-form-urlencoded`).
struct SentForm: Sendable {
    static let contentType = "application/x-www-form-urlencoded"
    /// The most fields that a form may have; the largest of ours has under 100. More: 422.
    static let fieldLimit = 1000

    private let fields: [(name: String, value: String)]

    init(_ fields: [(name: String, value: String)] = []) {
        self.fields = fields
    }

    /// The first value of that name.
    subscript(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// The names, as often as they came.
    var names: [String] { fields.map(\.name) }

    /// All values of that name.
    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }

    /// - Throws: `Problem`: 413 for more than `Limits.bodyBytes`, 415 for another content type, 422 for what is not well
    ///   formed.
    static func read(_ request: Request) async throws -> SentForm {
        let type = request.headers[.contentType]?.split(separator: ";").first
        guard type.map({ $0.lowercased().filter { $0 != " " } }) == contentType else {
            throw Problem(.notJSONContent, "Pages take forms with the content type \(contentType).")
        }
        let buffer = try await BodyReader.bytes(of: request)
        return try SentForm(text: String(buffer: buffer))
    }

    /// - Throws: `Problem` (422) where the text is not well formed, or has too many fields.
    init(text: String) throws(Problem) {
        let pairs = text.split(separator: "&")
        guard pairs.count <= Self.fieldLimit else {
            throw .invalid("", "a form may have \(Self.fieldLimit) fields at most")
        }
        var fields: [(name: String, value: String)] = []
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count > 1 ? parts[1] : "")
            else { throw .invalid("", "the form is not well formed") }
            // Browsers write the ends of lines as CR LF.
            fields.append((name, value.replacing("\r\n", with: "\n")))
        }
        self.init(fields)
    }

    private static func decoded(_ text: Substring) -> String? {
        let decoded = text.replacing("+", with: " ").removingPercentEncoding
        return decoded?.utf8.contains(0) == true ? nil : decoded
    }
}
