import AdapterKit
import Models

/// An instance as LXD shows it.
///
/// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/api/#/instances/instance_get
struct LXDInstance: Sendable {
    /// What Purser writes among an instance's settings.
    enum Mark {
        /// The action that built it.
        static let action = "user.purser.action"
        /// `true` while it is suspended.
        static let suspended = "user.purser.suspended"
        /// What it was labelled.
        static let label = "user.purser.label"
    }

    let name: String
    /// In LXD's words: `Running`, `Stopped`, `Frozen`, `Error`.
    let status: String
    /// `container` or `virtual-machine`.
    let type: String
    /// The member of the cluster that it runs on; `none` on a server alone.
    let location: String
    let createdAt: Timestamp?
    let profiles: [String]
    /// Its own settings and those of its profiles.
    let settings: [String: String]
    let disk: String?

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.stringValue, let status = value["status"]?.stringValue else {
            return nil
        }
        self.name = name
        self.status = status
        type = value["type"]?.stringValue ?? "container"
        location = value["location"]?.stringValue ?? "none"
        createdAt = value["created_at"]?.stringValue.flatMap(Timestamp.init(written:))
        profiles = value["profiles"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let expanded = value["expanded_config"]?.objectValue ?? value["config"]?.objectValue ?? [:]
        settings = expanded.compactMapValues(\.lenientText)
        disk = value["expanded_devices"]?["root"]?["size"]?.lenientText
    }

    var isRunning: Bool { status == "Running" }
    var isSuspended: Bool { settings[Mark.suspended] == "true" }

    var memoryMB: Int? { settings["limits.memory"].flatMap(Self.megabytes) }
    /// Nil where it is a list of cores, as in `0-3`, and where there is no limit.
    var cpuCores: Int? { settings["limits.cpu"].flatMap { Int($0) } }
    var diskMB: Int? { disk.flatMap(Self.megabytes) }

    /// Reads an amount of bytes; nil where it is a percentage or no amount.
    ///
    /// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/reference/instance_units/
    static func megabytes(_ text: String) -> Int? {
        let digits = text.prefix { $0.isNumber }
        guard let amount = Double(digits) else { return nil }
        let factors: [String: Double] = [
            "": 1, "B": 1, "kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 1_024,
            "MiB": 1_048_576,
            "GiB": 1_073_741_824, "TiB": 1_099_511_627_776,
        ]
        guard let factor = factors[String(text.dropFirst(digits.count))] else { return nil }
        return Int(exactly: (amount * factor / 1_048_576).rounded())
    }
}

/// How work that LXD does in the background is getting on.
///
/// - SeeAlso: https://documentation.ubuntu.com/lxd/latest/rest-api/#background-operation
enum LXDProgress: Sendable, Equatable {
    case running
    case succeeded
    case failed(String)
    /// LXD forgets what ended some seconds ago.
    case forgotten
}

/// An instance as it is to be built.
struct LXDNewInstance: Sendable {
    var name: String
    var type: String
    /// An alias or a fingerprint.
    var image: String
    var profiles: [String]
    var settings: [String: String]
    var pool: String
    var diskMB: Int?
    /// The member of the cluster to build it on.
    var target: String?

    var json: JSONValue {
        let isFingerprint = image.count >= 12 && image.allSatisfy(\.isHexDigit)
        var members: [String: JSONValue] = [
            "name": .string(name), "type": .string(type), "profiles": .array(profiles.map(JSONValue.string)),
            "source": ["type": "image", isFingerprint ? "fingerprint" : "alias": .string(image)],
            "config": .object(settings.mapValues(JSONValue.string)),
        ]
        if let diskMB { members["devices"] = ["root": Self.root(pool: pool, diskMB: diskMB)] }
        return .object(members)
    }

    static func root(pool: String, diskMB: Int) -> JSONValue {
        ["type": "disk", "path": "/", "pool": .string(pool), "size": .string("\(diskMB)MiB")]
    }
}
