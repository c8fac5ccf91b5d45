import AdapterKit
import Logging
import Models
import ServiceRuntime

// MARK: Opening accounts

extension EnhanceProvider {
    /// What an opening has made so far.
    private struct Made {
        var customer: String?
        /// The subscription and whose it is.
        var subscription: (id: String, org: String)?
    }

    /// Opens a customer with a login where none is given, then the subscription, then the website. Where one of them is
    /// refused, what was made before it is removed again.
    func create(_ wanted: Hosting.CreateParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        guard wanted.asReseller != true else { throw Self.noResellers }
        let domain = try domain(of: wanted)
        let plan = try await plan(wanted.packageName)
        let group = try await serverGroup(wanted.location)
        var made = Made()
        let username: String
        let siteID: String?
        let org: String
        let subscriptionID: String
        do throws(ProviderError) {
            (org, username) = try await customer(for: wanted, &made)
            subscriptionID = try await api.createSubscription(customer: org, planID: plan.id)
            made.subscription = (subscriptionID, org)
            if let domain {
                siteID = try await api.createWebsite(
                    org: org, domain: domain, subscriptionID: subscriptionID, serverGroup: group)
            } else {
                siteID = nil
            }
        } catch {
            // What may have happened is looked for first, and a person decides about the rest.
            if !error.mayHaveTakenEffect { await undo(made) }
            throw error
        }
        let subscription = try await api.subscription(subscriptionID, org: org)
        var site: EnhanceWebsite?
        if let siteID { site = try await api.website(siteID, org: org) }
        return try await info(username, org: org, subscription, site)
    }

    /// The domain of the website; nil where none is to be made.
    ///
    /// - Throws: `invalidInput` where one is missing.
    private func domain(of wanted: Hosting.CreateParameters) throws(ProviderError) -> String? {
        if configuration.createSubscriptionOnly == true { return nil }
        guard let domain = wanted.domain.nonEmpty?.lowercased() else {
            throw ProviderError(.invalidInput, "A hosting account needs a domain.")
        }
        return configuration.removeWww == true && domain.hasPrefix("www.")
            ? String(domain.dropFirst(4)) : domain
    }

    /// The customer's organisation and its owner's e-mail address.
    private func customer(
        for wanted: Hosting.CreateParameters, _ made: inout Made
    ) async throws(ProviderError) -> (org: String, email: String) {
        if let org = wanted.customerID.nonEmpty {
            return (org, try await api.owner(org: org)?.email ?? wanted.email)
        }
        let name = Self.name(of: wanted)
        let org = try await api.createCustomer(name: name)
        made.customer = org
        let login: String
        do throws(ProviderError) {
            login = try await api.createLogin(
                org: org, email: wanted.email, password: wanted.password ?? newPassword(), name: name)
        } catch {
            var error = error
            if error.kind == .alreadyExists {
                error.message = "There is a login with this e-mail address already."
            }
            throw error
        }
        try await api.createOwner(org: org, loginID: login)
        return (org, wanted.email)
    }

    private static func name(of wanted: Hosting.CreateParameters) -> String {
        wanted.customerName.nonEmpty ?? wanted.email
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }

    /// Removes what an opening has made. What cannot be removed is told to staff; the look that follows finds it.
    private func undo(_ made: Made) async {
        do throws(ProviderError) {
            if let customer = made.customer {
                try await api.deleteOrg(customer)
            } else if let (id, org) = made.subscription {
                try await api.deleteSubscription(id, org: org)
            }
        } catch {
            context.logger.warning(
                "Could not remove what was begun",
                metadata: [LogKey.errorKind: "\(error.kind.rawValue)", LogKey.error: "\(error.message)"])
        }
    }

    // MARK: Looking for what was opened

    /// Looks for a customer, subscription and website made since the action was asked for; older ones are somebody
    /// else's. About half an opening a person decides.
    func observeCreate(
        _ wanted: Hosting.CreateParameters
    ) async throws(ProviderError) -> Observation<Hosting.AccountInfo> {
        // Without the domain that it needs nothing was ever sent.
        guard let domain = try? domain(of: wanted) ?? "" else { return .notDone }
        var org = wanted.customerID.nonEmpty
        if org == nil {
            let name = Self.name(of: wanted)
            let candidates = try await customers { customer in
                isNew(customer.createdAt) != false
                    && (customer.ownerEmail.map { $0.lowercased() == wanted.email.lowercased() }
                        ?? (customer.name == name))
            }
            guard let customer = candidates.first else { return .notDone }
            guard candidates.count == 1, isNew(customer.createdAt) == true else { return .unknown }
            org = customer.id
        }
        guard let org else { return .unknown }
        if !domain.isEmpty, let site = try await website(org: org, subscription: nil, domain: domain),
            let id = site.subscriptionID
        {
            let subscription = try await api.subscription(String(id), org: org)
            guard let isNew = isNew(subscription.createdAt) else { return .unknown }
            guard isNew else { return .notDone }
            return .done(
                try await info(wanted.email, org: org, subscription: String(id), domain: domain))
        }
        let begun = try await api.subscriptions(customer: org)
            .filter { !$0.isDeleted && isNew($0.createdAt) != false }
        if wanted.customerID.nonEmpty != nil { return begun.isEmpty ? .notDone : .unknown }
        guard domain.isEmpty, let subscription = begun.first, begun.count == 1 else { return .unknown }
        return .done(
            try await info(wanted.email, org: org, subscription: String(subscription.id), domain: nil))
    }

    /// Whether something was made since the action was asked for; nil where that cannot be told. The clocks of two
    /// machines may differ by 10 min.
    private func isNew(_ madeAt: Timestamp?) -> Bool? {
        guard let madeAt, let askedAt = context.actionID?.madeAt else { return nil }
        return madeAt.advanced(by: .seconds(600)) >= askedAt
    }
}
