import Foundation

/// Writes text files as a Swift source, so that an executable brings them along.
enum AssetWriter {
    /// - Parameters:
    ///   - files: paths of UTF-8 texts under `folder`.
    ///   - folder: what is left out of their names.
    /// - Returns: an extension of `WebAsset` with `all`: name under the folder, hash of the content, content.
    /// - Throws: where a file cannot be read, or is no UTF-8.
    static func text(of files: [String], in folder: String) throws -> String {
        var text = "// Made from the files of this folder at every build; change those.\n"
        text += "extension WebAsset {\n    static let all: [WebAsset] = [\n"
        for path in files {
            let content = try String(contentsOfFile: path, encoding: .utf8)
            let name = path.dropFirst(folder.count).drop { $0 == "/" }
            text += "        WebAsset(\n            name: \"\(name)\", hash: \"\(hash(of: content))\","
            text += " content: \(literal(content))),\n"
        }
        return text + "    ]\n}\n"
    }

    /// A raw literal with more number signs than any that stand behind a quotation mark in the text.
    private static func literal(_ content: String) -> String {
        var signs = "#"
        while content.contains("\"\"\"\(signs)") || content.contains("\\\(signs)") { signs += "#" }
        return "\(signs)\"\"\"\n\(content)\n\"\"\"\(signs)"
    }

    /// FNV-1a, 64 bits, in hexadecimal digits: tells contents apart; it guards nothing.
    private static func hash(of content: String) -> String {
        let value = content.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
