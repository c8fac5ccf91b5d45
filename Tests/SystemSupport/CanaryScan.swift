package import Foundation
import Models

/// Looks for secrets where none may be, in the forms that they take on their way: as they are; escaped for JSON, URLs and
/// XML; in base64, whatever stands before and after, in both alphabets; and in hexadecimal.
package struct CanaryScan: Sendable {
    private struct Pattern: Sendable {
        let secret: String
        let form: String
        let bytes: [UInt8]
    }

    /// Where a secret was found.
    package struct Finding: Sendable, Hashable, CustomStringConvertible {
        package let place: String
        /// The first characters of the secret.
        package let secret: String
        package let form: String
        /// What stands before and behind it.
        package let excerpt: String

        package var description: String { "\(secret)… as \(form) in \(place): \(excerpt)" }
    }

    private let patterns: [Pattern]
    private let search: ByteSearch

    /// - Parameter secrets: at least 6 characters each, so that chance finds none.
    package init(_ secrets: some Sequence<String>) {
        patterns = Set(secrets).sorted().flatMap { secret in
            Self.forms(of: secret).map { form, text in
                Pattern(secret: secret, form: form, bytes: Array(text.utf8))
            }
        }
        search = ByteSearch(patterns.map(\.bytes))
    }

    // MARK: Looking

    /// - Parameter shown: secrets that may be there.
    package func findings(in data: Data, of place: String, except shown: Set<String> = []) -> [Finding] {
        data.withUnsafeBytes { bytes in
            search.firstPlaces(in: bytes).sorted { $0.key < $1.key }.compactMap { index, offset in
                let pattern = patterns[index]
                guard !shown.contains(pattern.secret) else { return nil }
                let range = max(0, offset - 60)..<min(bytes.count, offset + pattern.bytes.count + 40)
                return Finding(
                    place: place, secret: String(pattern.secret.prefix(16)), form: pattern.form,
                    excerpt: Self.printable(bytes[range]))
            }
        }
    }

    /// Looks through all files of a folder, and their names, except for those whose path within it `isExcepted` says. Each
    /// is read once.
    ///
    /// A secret that stands on two pages of a database is not found in its file.
    ///
    /// - Parameters:
    ///   - start: files that were not written to since are passed over; none where nil.
    ///   - shown: secrets that may be in the file of a path.
    /// - Throws: where a file is there and cannot be read.
    package func findings(
        in folder: URL, writtenSince start: Date? = nil, except isExcepted: (String) -> Bool = { _ in false },
        showing shown: (String) -> Set<String> = { _ in [] }
    ) throws -> [Finding] {
        let paths = try Self.paths(in: folder)
        return findings(in: Data(paths.joined(separator: "\n").utf8), of: "the names of files")
            + (try paths.sorted().filter { !isExcepted($0) }.flatMap { path -> [Finding] in
                guard let data = try Self.content(of: folder.appending(path: path), since: start) else {
                    return []
                }
                return findings(in: data, of: path, except: shown(path))
            })
    }

    /// All paths within a folder. One in which something is removed at this very moment is listed anew.
    private static func paths(in folder: URL, tries: Int = 10) throws -> [String] {
        do {
            return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        } catch  where tries > 1 && FileManager.default.fileExists(atPath: folder.path) {
            return try paths(in: folder, tries: tries - 1)
        }
    }

    /// Nil for what has no content, as folders, sockets and links to other files, for what was not written to since, and for
    /// what has gone meanwhile.
    private static func content(of file: URL, since start: Date?) throws -> Data? {
        do {
            let values = try file.resourceValues(forKeys: [.isRegularFileKey, .contentModificationDateKey])
            guard values.isRegularFile == true else { return nil }
            if let start, let written = values.contentModificationDate, written < start { return nil }
            return try Data(contentsOf: file)
        } catch {
            guard !FileManager.default.fileExists(atPath: file.path) else { throw error }
            return nil
        }
    }

    private static func printable(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: bytes.map { (32..<127).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }

    // MARK: Forms

    /// Each different form once.
    static func forms(of secret: String) -> [(form: String, text: String)] {
        var seen: Set<String> = []
        return (plainForms(of: secret) + binaryForms(of: secret)).filter { seen.insert($0.text).inserted }
    }

    private static func plainForms(of secret: String) -> [(form: String, text: String)] {
        let json = String(
            String(decoding: JSONValue.string(secret).text, as: UTF8.self).dropFirst().dropLast())
        let ascii = json.unicodeScalars.map { scalar in
            scalar.isASCII ? String(scalar) : String(scalar).utf16.map { escape($0) }.joined()
        }.joined()
        let unreserved = "-._~"
        let component = percent(secret) { unreserved.unicodeScalars.contains($0) }
        let xml = secret.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
            ">", with: "&gt;")
        return [
            ("it is", secret), ("JSON", json), ("JSON", ascii),
            ("JSON", json.replacing("/", with: "\\/")),
            ("JSON in JSON", json.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")),
            ("URL", component), ("URL", component.lowercased()),
            ("URL", percent(secret) { "\(unreserved)!$&'()*+,;=:@/".unicodeScalars.contains($0) }),
            ("URL", percent(secret) { _ in false }),
            ("a form", component.replacing("%20", with: "+")), ("XML", xml),
            ("XML", xml.replacing("\"", with: "&quot;")),
            ("XML", xml.replacing("\"", with: "&quot;").replacing("'", with: "&#39;")),
            ("XML", xml.replacing("\"", with: "&quot;").replacing("'", with: "&apos;")),
        ]
    }

    private static func binaryForms(of secret: String) -> [(form: String, text: String)] {
        let bytes = Array(secret.utf8)
        let base64 = (0..<3).flatMap { offset -> [(form: String, text: String)] in
            let text = Data(Array(repeating: 0, count: offset) + bytes).base64EncodedString()
            // The first characters carry bits of what stands before, the last ones of what stands after.
            let whole = (offset + bytes.count) * 8 / 6
            let kept = String(text.prefix(whole).dropFirst([0, 2, 3][offset]))
            return [("base64", kept), ("base64", kept.replacing("+", with: "-").replacing("/", with: "_"))]
        }
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return base64 + [("hexadecimal", hex), ("hexadecimal", hex.uppercased())]
    }

    private static func escape(_ unit: UInt16) -> String {
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func percent(_ text: String, _ isKept: (Unicode.Scalar) -> Bool) -> String {
        text.unicodeScalars.map { scalar in
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            if isPlain || isKept(scalar) { return String(scalar) }
            return String(scalar).utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16).uppercased() }
                .joined()
        }.joined()
    }
}
