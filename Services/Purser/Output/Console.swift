import Foundation
import Models

/// Writes a line to standard error.
func warn(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// Writes a line to standard output at once, also where that is a file or a pipe.
func say(_ text: String) {
    print(text)
    fflush(nil)
}

/// Colours, where standard output is a terminal and `NO_COLOR` is not set.
enum Style: String {
    case plain = "0"
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"

    static let isOn: Bool = {
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDOUT_FILENO) == 1 && (environment["NO_COLOR"] ?? "").isEmpty
            && environment["TERM"] != "dumb"
    }()

    func apply(to text: String) -> String {
        Style.isOn && self != .plain && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}

/// A cell of a table: what it says and how.
struct Cell: ExpressibleByStringInterpolation {
    let text: String
    var style: Style

    init(_ text: String?, _ style: Style = .plain) {
        self.text = Self.harmless(text ?? "-")
        self.style = style
    }

    init(stringLiteral value: String) { self.init(value) }

    /// What others wrote must not steer the terminal, nor turn round what stands beside it: control characters, and
    /// those that set a direction, become spaces.
    static func harmless(_ text: String) -> String {
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isSteering =
                        scalar.properties.generalCategory == .control
                        || (0x202A...0x202E).contains(scalar.value)
                        || (0x2066...0x2069).contains(scalar.value)
                    return isSteering ? " " : scalar
                }))
    }

    /// The colour of a state or status.
    static func state(_ state: String?) -> Cell {
        switch state {
        case "succeeded", "active", "online", "ok", "ready": Cell(state, .green)
        case "failed", "rejected", "terminated", "unsure", "expired", "offline": Cell(state, .red)
        case "waiting", "deferred", "suspended", "scheduled", "awaitingApproval", "transferring":
            Cell(state, .yellow)
        case "queued", "dispatched", "pending": Cell(state, .cyan)
        default: Cell(state)
        }
    }

    /// A time without its date where it is of today, without fractions.
    static func time(_ value: JSONValue?) -> Cell {
        guard let text = value?.stringValue, let time = Timestamp(text) else { return Cell(nil) }
        let shown = time.description.replacing("T", with: " ").prefix(19)
        let today = Timestamp.now.description.prefix(10)
        return Cell(shown.hasPrefix(today) ? String(shown.dropFirst(11)) : String(shown), .dim)
    }
}

/// Rows in aligned columns.
struct Table {
    private var rows: [[Cell]]
    private let emptyText: String

    /// - Parameter empty: what is printed instead where there are no rows.
    init(_ columns: [String], empty: String, _ rows: [[Cell]]) {
        self.rows = [columns.map { Cell($0.uppercased(), .bold) }] + rows
        emptyText = empty
    }

    var text: String {
        guard rows.count > 1 else { return emptyText }
        let count = rows[0].count
        let widths = (0..<count).map { column in rows.map { $0[column].text.count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let padding = column == count - 1 ? 0 : widths[column] - cell.text.count
                return cell.style.apply(to: cell.text) + String(repeating: " ", count: padding)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

/// Names and values below each other.
struct Facts {
    private let lines: [(String, Cell)]

    init(_ lines: [(String, Cell?)]) {
        self.lines = lines.compactMap { name, cell in cell.map { (name, $0) } }
    }

    var text: String {
        let width = lines.map(\.0.count).max() ?? 0
        return lines.map { name, cell in
            Style.dim.apply(to: name) + String(repeating: " ", count: width - name.count + 2)
                + cell.style.apply(to: cell.text)
        }.joined(separator: "\n")
    }
}

extension JSONValue {
    /// For `--json`: indented, members sorted.
    var pretty: String { text([.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]) }

    /// On one line, members sorted.
    var line: String { text([.sortedKeys, .withoutEscapingSlashes]) }

    private func text(_ format: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = format
        do {
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        } catch {
            // Only numbers that are not finite do not encode, and no JSON text has them.
            return "null"
        }
    }

    /// For people: a text without quotes, other values as JSON; nil where there is none.
    var shown: String? {
        switch self {
        case .null: nil
        case .string(let text): text
        default: line
        }
    }

    /// The items of a listing.
    var items: [JSONValue] { self["items"]?.arrayValue ?? [] }

    /// The text of a member, as people read it.
    func text(_ name: String) -> String? { self[name]?.shown }
}
