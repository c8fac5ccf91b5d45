import AdapterKit
import Models

/// Compares a result with a recording: null and absent are the same, and a number may be recorded as text, as
/// the recorded implementation allowed.
struct WireComparison {
    let volatile: [String: [String]]
    /// Pointers to what is not compared; `*` stands for any one part.
    private let ignored: [[Substring]]
    /// What values of ours stand for, by the recorded ones.
    private let bindings: [String: String]
    private(set) var problems: [String] = []

    init(
        volatile: [String: [String]], ignored: some Sequence<String> = [], bindings: [String: String] = [:]
    ) {
        self.volatile = volatile
        self.bindings = bindings
        self.ignored = ignored.map { $0.split(separator: "/") }
    }

    private func isIgnored(_ pointer: String) -> Bool {
        guard !ignored.isEmpty else { return false }
        let parts = pointer.split(separator: "/")
        return ignored.contains { pattern in
            pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0 == "*" || $0 == $1 }
        }
    }

    mutating func compare(_ ours: JSONValue, _ recorded: JSONValue, at pointer: String = "/result/data") {
        guard !isIgnored(pointer) else { return }
        switch (ours, recorded) {
        case (.object(let ours), .object(let recorded)):
            for name in Set(ours.keys).union(recorded.keys).sorted() {
                compare(ours[name] ?? .null, recorded[name] ?? .null, at: "\(pointer)/\(name)")
            }
        case (.object(let members), .null) where members.allSatisfy({ $0.value == .null }): break
        case (.null, .object(let members)) where members.allSatisfy({ $0.value == .null }): break
        case (.array(let ours), .array(let recorded)) where ours.count == recorded.count:
            for (index, pair) in zip(ours, recorded).enumerated() {
                compare(pair.0, pair.1, at: "\(pointer)/\(index)")
            }
        default:
            if !isSame(ours, recorded, at: pointer) {
                problems.append("\(pointer) is \(ours.text) instead of \(recorded.text)")
            }
        }
    }

    private func isSame(_ ours: JSONValue, _ recorded: JSONValue, at pointer: String) -> Bool {
        if ours == recorded { return true }
        if let text = recorded.stringValue, let bound = bindings[text] { return ours == .string(bound) }
        if let values = volatile[pointer] {
            guard let ours = ours.stringValue, let recorded = recorded.stringValue else {
                return values.isEmpty
            }
            return fits(ours, recorded, varying: values)
        }
        guard let left = ours.lenientNumber, let right = recorded.lenientNumber else { return false }
        return left == right
    }

    /// Whether a text is the recorded one but for the parts that vary.
    private func fits(_ ours: String, _ recorded: String, varying values: [String]) -> Bool {
        var parts = [recorded]
        for value in values where !value.isEmpty {
            parts = parts.flatMap {
                $0.split(separator: value, omittingEmptySubsequences: false).map(String.init)
            }
        }
        guard let first = parts.first, let last = parts.last, ours.hasPrefix(first), ours.hasSuffix(last)
        else {
            return false
        }
        var rest = ours[...]
        for part in parts where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
