import Models
import ServiceRuntime

extension Sealer {
    /// Seals anew whatever in a column was sealed with another key than the one that seals now.
    ///
    /// What does not open stays as it is: it is damaged, or somebody wrote what looks as if it were sealed.
    ///
    /// - Returns: the column's new text, nil where nothing changes, and how many texts did not open.
    func rewrap(_ text: String, of id: String, in column: SealedColumn) throws -> (
        text: String?, unopened: Int
    ) {
        var pass = Rewrapping(sealer: self)
        let context = column.context(id)
        let changed: String
        switch column.form {
        case .text: changed = try pass.rewrapped(text, context: context)
        case .members:
            let value = try pass.rewrapped(try JSONText.parse(text), context: context, isPath: true)
            changed = String(decoding: value.text, as: UTF8.self)
        case .list:
            let value = try pass.rewrapped(try JSONText.parse(text), context: context, isPath: false)
            changed = String(decoding: value.text, as: UTF8.self)
        }
        return (pass.count > 0 ? changed : nil, pass.unopened)
    }

    /// Whether a text has, or may have, something in it that was sealed with an older key.
    func mayHaveOlder(in text: String) -> Bool {
        keyIDs.dropFirst().contains { text.contains(Self.prefix(ofKey: $0)) }
    }
}

/// One column's way from older keys to the one that seals.
private struct Rewrapping {
    let sealer: Sealer
    var count = 0
    var unopened = 0

    mutating func rewrapped(_ value: JSONValue, context: String, isPath: Bool) throws -> JSONValue {
        switch value {
        case .string(let text): return .string(try rewrapped(text, context: context))
        case .array(let elements):
            // Indexes are no part of a path.
            return .array(try elements.map { try rewrapped($0, context: context, isPath: isPath) })
        case .object(let members):
            var changed = members
            for (name, member) in members {
                changed[name] = try rewrapped(
                    member, context: isPath ? "\(context)/\(name)" : context, isPath: isPath)
            }
            return .object(changed)
        case .null, .bool, .integer, .number: return value
        }
    }

    mutating func rewrapped(_ text: String, context: String) throws -> String {
        guard sealer.mayHaveOlder(in: text), Sealer.isSealed(text) else { return text }
        let opened: JSONValue
        do throws(SealingError) {
            opened = try sealer.open(text, context: context)
        } catch {
            unopened += 1
            return text
        }
        count += 1
        return try sealer.seal(opened, context: context)
    }
}
