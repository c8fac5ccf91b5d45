import AdapterKit
import Models

/// A server as the panel shows it.
///
/// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
struct VirtfusionServer: Sendable {
    var id: String
    var ownerID: String?
    /// The owner's number in the billing system.
    var ownerRelationID: String?
    /// How building it went: `complete` where it is built.
    var state: String
    var hasBuildFailed: Bool
    /// Whether nothing was ever installed on it.
    var isUnbuilt: Bool
    /// What its machine does, as in `running`; nil where that was not asked for.
    var remoteState: String?
    var isSuspended: Bool
    var name: String?
    var hostname: String?
    var address: String?
    var templateID: String?
    var memoryMB: Int?
    var cpuCores: Int?
    var diskMB: Int?
    var location: String
    var virtualizationType: String?
    var createdAt: Timestamp?
    var updatedAt: Timestamp?

    /// Nil where the answer is none.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        ownerID = value["ownerId"]?.lenientText
        ownerRelationID = value["owner"]?["extRelationId"]?.lenientText
        state = value["state"]?.lenientText?.lowercased() ?? "unknown"
        hasBuildFailed = value["buildFailed"]?.lenientFlag ?? false
        isUnbuilt =
            (value["commissionStatus"] ?? value["commissioned"])?.lenientNumber.map { $0 == 0 }
            ?? (value["hostname"]?.lenientText == nil)
        remoteState = value["remoteState"]?["state"]?.lenientText
        isSuspended = value["suspended"]?.lenientFlag ?? false
        name = value["name"]?.lenientText
        hostname = value["hostname"]?.lenientText
        address = Self.address(in: value["network"]?["interfaces"]?.arrayValue ?? [])
        let settings = value["settings"]
        templateID = settings?["osTemplateInstallId"]?.lenientText
        let resources = settings?["resources"]
        memoryMB = resources?["memory"]?.wholeNumber
        cpuCores = resources?["cpuCores"]?.wholeNumber
        diskMB = resources?["storage"]?.wholeNumber.map { $0 * 1_024 }
        location = value["hypervisor"]?["name"]?.lenientText ?? "unknown"
        virtualizationType = settings?["hyperv"]?["vendorIdValue"]?.lenientText
        createdAt = value["created"]?.lenientText.flatMap(Timestamp.init(written:))
        updatedAt = value["updated"]?.lenientText.flatMap(Timestamp.init(written:))
    }

    /// The first address in use.
    private static func address(in interfaces: [JSONValue]) -> String? {
        let inUse = interfaces.filter { $0["enabled"]?.lenientFlag ?? true }
        return inUse.flatMap { $0["ipv4"]?.arrayValue ?? [] }
            .first { $0["enabled"]?.lenientFlag ?? true }?["address"]?.lenientText
    }

    func isNamed(_ label: String) -> Bool { name == label || hostname == label }

    var isBuilt: Bool { state == "complete" && !hasFailed }
    var hasFailed: Bool { hasBuildFailed || state == "failed" }

    /// - Parameter image: the name of what is installed on it.
    func info(image: String?) -> Servers.ServerInfo {
        Servers.ServerInfo(
            instanceID: id, state: (remoteState ?? state).capitalizedFirst, suspended: isSuspended,
            label: name ?? hostname ?? id, hostname: hostname, ipAddress: address,
            image: image ?? templateID ?? "unknown", memoryMB: memoryMB ?? 0, cpuCores: cpuCores ?? 0,
            diskMB: diskMB ?? 0, location: location, virtualizationType: virtualizationType,
            customerIdentifier: ownerID, createdAt: createdAt?.plainText, updatedAt: updatedAt?.plainText)
    }
}

/// An operating system that can be installed.
///
/// - SeeAlso: https://docs.virtfusion.com/api/tags/servers/
struct VirtfusionTemplate: Sendable {
    var id: String
    /// Name, version and variant, as in `Ubuntu 22.04 Server`.
    var title: String

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        title = ["name", "version", "variant"].compactMap { value[$0]?.lenientText }.joined(separator: " ")
    }
}

/// A package or a group of hypervisors.
struct VirtfusionOffer: Sendable {
    var id: String
    var name: String?

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        name = value["name"]?.lenientText
    }
}

extension String {
    /// The text with its first letter as a capital: `running` becomes `Running`.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
