import AdapterKit
import Models

/// A Linode as the API shows it.
///
/// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-instance
struct LinodeInstance: Sendable {
    /// What it says while it is being built or changed. It ends by itself.
    private static let passing: Set<String> = [
        "provisioning", "booting", "rebuilding", "cloning", "restoring", "resizing", "migrating",
    ]

    var id: String
    var label: String
    /// As in `running`, `offline`, `provisioning`.
    var status: String
    var type: String?
    var region: String
    var image: String
    var ipv4: String?
    var hypervisor: String?
    var createdAt: Timestamp?
    var updatedAt: Timestamp?

    /// Nil where the answer is none.
    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText, let status = value["status"]?.lenientText else { return nil }
        self.id = id
        self.status = status
        label = value["label"]?.lenientText ?? id
        type = value["type"]?.lenientText
        region = value["region"]?.lenientText ?? "unknown"
        image = value["image"]?.lenientText ?? "none"
        ipv4 = value["ipv4"]?.arrayValue?.first?.lenientText
        hypervisor = value["hypervisor"]?.lenientText
        createdAt = value["created"]?.lenientText.flatMap(Timestamp.init(written:))
        updatedAt = value["updated"]?.lenientText.flatMap(Timestamp.init(written:))
    }

    var isBeingChanged: Bool { Self.passing.contains(status) }

    func info(suspended: Bool? = nil) -> Servers.ServerInfo {
        Servers.ServerInfo(
            instanceID: id, state: status, suspended: suspended, label: label, ipAddress: ipv4, image: image,
            size: type ?? "unknown", location: region, virtualizationType: hypervisor,
            createdAt: createdAt?.plainText, updatedAt: updatedAt?.plainText)
    }
}

/// A disk of a Linode.
///
/// - SeeAlso: https://techdocs.akamai.com/linode-api/reference/get-linode-disks
struct LinodeDisk: Sendable {
    var id: String
    var isSwap: Bool

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        isSwap = value["filesystem"]?.lenientText == "swap"
    }
}

/// Something that is offered under an id and a label: an image or a type.
struct LinodeOffer: Sendable {
    var id: String
    var label: String?

    init?(_ value: JSONValue) {
        guard let id = value["id"]?.lenientText else { return nil }
        self.id = id
        label = value["label"]?.lenientText
    }
}
