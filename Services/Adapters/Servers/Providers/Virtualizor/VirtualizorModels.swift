import AdapterKit
import Foundation
import Models

/// A server as `editvs` or `vs` shows it.
///
/// - SeeAlso: https://www.virtualizor.com/docs/admin-api/edit-vps/
struct VirtualizorServer: Sendable {
    enum Status: Int, Sendable {
        case off = 0
        case on = 1
        case suspended = 2

        var title: String {
            switch self {
            case .off: "Off"
            case .on: "On"
            case .suspended: "Suspended"
            }
        }
    }

    var id: String
    /// As in `v1001`.
    var name: String?
    var hostname: String?
    /// Nil where its machine does not say.
    var status: Status?
    var isSuspended: Bool
    var image: String?
    var virtualizationType: String?
    var address: String?
    var cpuCores: Int?
    var memoryMB: Int?
    var diskMB: Int?
    var plan: String?
    var location: String?
    var node: String?
    var createdAt: Timestamp?

    /// Nil where the value is none.
    ///
    /// - Parameters:
    ///   - plans: by their ids.
    ///   - servers: the machines, by their ids.
    init?(_ value: JSONValue, plans: JSONValue? = nil, servers: JSONValue? = nil) {
        guard let id = value["vpsid"]?.lenientText else { return nil }
        self.id = id
        name = value["vps_name"]?.lenientText
        hostname = value["hostname"]?.lenientText
        status = (value["stats"]?["status"] ?? value["status"])?.wholeNumber.flatMap(Status.init)
        isSuspended = value["suspended"]?.wholeNumber.map { $0 != 0 } ?? false
        image = value["os_name"]?.lenientText
        virtualizationType = value["virt"]?.lenientText
        address = value["ips"]?.entries.first?.value.lenientText
        cpuCores = value["cores"]?.wholeNumber
        memoryMB = value["ram"]?.wholeNumber
        diskMB = value["space"]?.wholeNumber.map { $0 * 1_024 }
        if let id = value["plid"]?.lenientText { plan = plans?.entry(id)?["plan_name"]?.lenientText }
        let machine = value["serid"]?.lenientText.flatMap { servers?.entry($0) }.map(VirtualizorMachine.init)
        location = machine?.place ?? machine?.name
        node = machine?.name
        createdAt = value["time"]?.lenientNumber.flatMap { $0 > 0 ? Timestamp(seconds: $0) : nil }
    }

    func info() -> Servers.ServerInfo {
        let title = hostname ?? id
        return Servers.ServerInfo(
            instanceID: id, state: status?.title ?? "Unknown", suspended: isSuspended,
            label: name.map { "\(title) [\($0)]" } ?? title, hostname: hostname, ipAddress: address,
            image: image ?? "unknown", size: plan, memoryMB: memoryMB ?? 0, cpuCores: cpuCores ?? 0,
            diskMB: diskMB ?? 0, location: location ?? "unknown", node: node,
            virtualizationType: virtualizationType, createdAt: createdAt?.plainText)
    }
}

/// A machine that servers run on.
///
/// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-servers/
struct VirtualizorMachine: Sendable {
    var id: String?
    var name: String?
    var city: String?
    var countryCode: String?
    /// As in `London, GB`; nil where that was not entered.
    var place: String?

    init(_ value: JSONValue) {
        id = value["serid"]?.lenientText
        name = value["server_name"]?.lenientText
        // The place is JSON within a text; where it is none, it is not known.
        let place = value["location"]?.stringValue.flatMap {
            try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
        }
        city = place?["city"]?.lenientText
        countryCode = place?["country_code"]?.lenientText
        let parts = [city, place?["state"]?.lenientText, countryCode].compactMap(\.self)
        self.place = parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    func stands(in name: String) -> Bool {
        let name = name.lowercased()
        return [city, countryCode, place].contains { $0?.lowercased() == name }
    }
}

/// How the panel is getting on with work in the background.
///
/// - SeeAlso: https://www.virtualizor.com/docs/admin-api/list-tasks/
struct VirtualizorTask: Sendable {
    enum Progress: Sendable {
        case running, ended, failed
    }

    var id: Int
    var server: String?
    var action: String?
    var progress: Progress

    init?(_ value: JSONValue) {
        guard let id = value["actid"]?.wholeNumber else { return nil }
        self.id = id
        server = value["vpsid"]?.lenientText
        action = value["action"]?.lenientText
        switch value["status"]?.lenientNumber {
        case -1: progress = .failed
        case 2: progress = .ended
        default: progress = (value["progress"]?.lenientNumber ?? 0) >= 100 ? .ended : .running
        }
    }
}

extension JSONValue {
    /// The members of an object, or the elements of a list under their numbers, in the order of the numbers: the
    /// panel writes a list whose numbers have no gaps as such, and an empty object as a list.
    var entries: [(key: String, value: JSONValue)] {
        if let elements = arrayValue { return elements.enumerated().map { (String($0.offset), $0.element) } }
        return (objectValue ?? [:]).sorted { (Int($0.key) ?? .max, $0.key) < (Int($1.key) ?? .max, $1.key) }
            .map { ($0.key, $0.value) }
    }

    func entry(_ key: String) -> JSONValue? { entries.first { $0.key == key }?.value }

    /// Whether a value says that something was done: the panel writes true, 1, the id of what was made, or an
    /// object that has one of these.
    var saysDone: Bool {
        switch self {
        case .null, .array: false
        case .bool(let value): value
        case .integer(let value): value != 0
        case .number(let value): value != 0
        case .string(let text): !text.isEmpty && text != "0" && text != "false"
        case .object(let members): members["done"]?.saysDone ?? false
        }
    }
}
