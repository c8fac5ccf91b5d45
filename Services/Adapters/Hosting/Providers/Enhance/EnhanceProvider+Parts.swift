import AdapterKit
import Models

// MARK: Parts of several functions

extension EnhanceProvider {
    private static let planPageLimit = 10
    private static let customerPageLimit = 500
    /// The most pages that are gone through in search of something.
    private static let mostPages = 200

    /// A plan by its name or id.
    ///
    /// - Throws: `invalidInput` where there is none.
    func plan(_ name: String) async throws(ProviderError) -> EnhancePlan {
        for number in 0..<Self.mostPages {
            let page = try await api.plans(
                .init(offset: number * Self.planPageLimit, limit: Self.planPageLimit))
            if let plan = page.first(where: { $0.name == name || String($0.id) == name }) { return plan }
            if page.count < Self.planPageLimit { break }
        }
        throw ProviderError(
            .invalidInput, "This package is not offered at the moment.", details: ["plan": .string(name)])
    }

    /// The id of a group of servers, by its name or id.
    ///
    /// - Throws: `invalidInput` where there is none.
    func serverGroup(_ location: String?) async throws(ProviderError) -> String? {
        guard let location = location.nonEmpty else { return nil }
        let groups = try await api.serverGroups()
        guard let group = groups.first(where: { $0.name == location || $0.id == location }) else {
            throw ProviderError(
                .invalidInput, "This location is not offered at the moment.",
                details: ["location": .string(location)])
        }
        return group.id
    }

    /// All customers that fit.
    func customers(
        where fits: (EnhanceCustomer) -> Bool
    ) async throws(ProviderError) -> [EnhanceCustomer] {
        var found: [EnhanceCustomer] = []
        for number in 0..<Self.mostPages {
            let page = try await api.customers(
                .init(offset: number * Self.customerPageLimit, limit: Self.customerPageLimit))
            found += page.filter(fits)
            if page.count < Self.customerPageLimit { break }
        }
        return found
    }

    /// The customer's organisation: the one given, otherwise that of the owner with the e-mail address.
    ///
    /// - Throws: `notFound`.
    func org(_ id: String?, ownedBy email: String) async throws(ProviderError) -> String {
        if let id = id.nonEmpty { return id }
        let owned = try await customers { $0.ownerEmail?.lowercased() == email.lowercased() }
        guard let customer = owned.first else {
            throw ProviderError(
                .notFound, "There is no customer of this name.", details: ["email": .string(email)])
        }
        guard owned.count == 1 else {
            throw ProviderError(.invalidInput, "It is not known which of several customers is meant.")
        }
        return customer.id
    }

    func owner(_ org: String) async throws(ProviderError) -> EnhanceMember {
        guard let owner = try await api.owner(org: org) else {
            throw ProviderError(.notFound, "This customer has no owner.")
        }
        return owner
    }

    /// The website of a subscription, or that of the domain, or the only one; nil where there is none such.
    func website(
        org: String, subscription: String?, domain: String?
    ) async throws(ProviderError) -> EnhanceWebsite? {
        let sites = try await api.websites(org: org, domain: domain.nonEmpty, subscription: subscription)
        if let domain = domain.nonEmpty {
            return sites.first { $0.domain.lowercased() == domain.lowercased() }
        }
        return subscription != nil || sites.count == 1 ? sites.first : nil
    }

    /// A subscription and its website, where it has one.
    ///
    /// - Throws: `notFound`; also where the subscription was deleted.
    func subscription(
        _ id: String?, org: String, domain: String?
    ) async throws(ProviderError) -> (EnhanceSubscription, EnhanceWebsite?) {
        var id = id.nonEmpty
        var site: EnhanceWebsite?
        if id == nil {
            site = try await website(org: org, subscription: nil, domain: domain)
            id = site?.subscriptionID.map { String($0) }
        }
        guard let id else {
            throw ProviderError(.notFound, "It is not known which subscription is meant.")
        }
        let subscription = try await api.subscription(id, org: org)
        guard !subscription.isDeleted else {
            throw ProviderError(
                .notFound, "This account was terminated.", details: ["subscription": .string(id)])
        }
        return (subscription, site)
    }

    func info(
        _ username: String, org: String, subscription id: String?, domain: String?
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        let (subscription, found) = try await subscription(id, org: org, domain: domain)
        var site = found
        if site == nil {
            site = try await website(org: org, subscription: String(subscription.id), domain: domain)
        }
        // The listing leaves addresses out.
        if let id = site?.id { site = try await api.website(id, org: org) }
        return try await info(username, org: org, subscription, site)
    }

    func info(
        _ username: String, org: String, _ subscription: EnhanceSubscription, _ site: EnhanceWebsite?
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        let nameservers = try await Self.whereAllowed { () async throws(ProviderError) in
            try await api.nameservers()
        }
        var location: String?
        if let server = site?.serverID {
            location =
                try await Self.whereAllowed { () async throws(ProviderError) in
                    try await self.location(ofServer: server)
                } ?? nil
        }
        return Hosting.AccountInfo(
            customerID: org, subscriptionID: String(subscription.id), username: username,
            domain: site?.domain, serverHostname: configuration.hostname,
            packageName: subscription.planName, suspended: subscription.isSuspended, ip: site?.ip,
            nameservers: nameservers, location: location)
    }

    private func location(ofServer id: String) async throws(ProviderError) -> String? {
        guard let group = try await api.serverGroupID(ofServer: id) else { return nil }
        return try await api.serverGroups().first { $0.id == group }?.name
    }

    /// What the token may not see is left out; resellers' tokens see no servers.
    private static func whereAllowed<Value>(
        _ read: () async throws(ProviderError) -> Value
    ) async throws(ProviderError) -> Value? {
        do throws(ProviderError) {
            return try await read()
        } catch {
            guard [.unauthorized, .notFound, .rejected].contains(error.kind) else { throw error }
            return nil
        }
    }
}
