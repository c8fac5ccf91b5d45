import AdapterKit
import Models

/// A customer's site as the simulated builder keeps it, with the user who edits it.
struct DemoSite: Codable, Sendable {
    var reference: String
    var userID: String
    /// In lower case.
    var domain: String
    var package: String
    var permissions: String?
    var isSuspended = false
    /// The action that opened it.
    var madeBy: ActionID?

    /// - Parameter hostname: the builder's; sites that bring no domain are below it.
    init(_ wanted: Builders.CreateParameters, on hostname: String) {
        reference = "site-\(RandomText.letters(12))"
        userID = wanted.siteBuilderUserID ?? "user-\(RandomText.letters(12))"
        domain = wanted.domainName?.lowercased() ?? "\(reference).\(hostname)"
        package = wanted.packageReference
        permissions = wanted.permissions
    }

    var info: Builders.AccountInfo {
        Builders.AccountInfo(
            siteBuilderUserID: userID, accountReference: reference, domainName: domain,
            packageReference: package, suspended: isSuspended, siteCount: 1, storageUsed: "12 MB",
            ipAddress: "123.123.123.123", isPublished: !isSuspended, hasSsl: true, permissions: permissions)
    }
}

// MARK: Where sites are kept

extension SimulatorTransaction {
    func site(_ reference: String) throws -> DemoSite? { try value("site/\(reference)") }

    /// - Throws: `notFound`.
    func existing(_ reference: String) throws -> DemoSite {
        guard let site = try site(reference) else {
            throw ProviderError(.notFound, "There is no account of this reference.")
        }
        return site
    }

    /// The site that an action opened.
    func site(madeBy action: ActionID) throws -> DemoSite? {
        try (value("made/\(action)") as String?).flatMap { try site($0) }
    }

    func hasSite(at domain: String) throws -> Bool { try value("domain/\(domain)", as: String.self) != nil }

    func put(_ site: DemoSite) throws { try set("site/\(site.reference)", site) }

    func add(_ site: DemoSite) throws {
        try put(site)
        try set("domain/\(site.domain)", site.reference)
        if let action = site.madeBy { try set("made/\(action)", site.reference) }
    }

    func remove(_ site: DemoSite) throws {
        remove("site/\(site.reference)")
        remove("domain/\(site.domain)")
        if let action = site.madeBy { remove("made/\(action)") }
    }
}
