import AdapterKit
import Models

/// Opening and removing accounts.
extension PleskProvider {
    func create(_ wanted: Hosting.CreateParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        let domain = try wanted.mainDomain()
        let password = wanted.password ?? newPassword()
        if let id = Self.existingCustomer(wanted) {
            guard let customer = try await api.owner(.customer, .id(id)) else {
                throw ProviderError(.invalidInput, "This customer is not known.")
            }
            try await addWebspace(wanted, domain, ownerID: id, password: password)
            return try await info(customer.login, domain: domain)
        }
        let role: PleskRole = wanted.asReseller == true ? .reseller : .customer
        let id = try await addOwner(wanted, role, domain, password: password)
        do throws(ProviderError) {
            try await addWebspace(wanted, domain, ownerID: id, password: password)
        } catch {
            throw await afterTakingBack(role, id: id, error)
        }
        return try await info(Self.login(wanted, domain), domain: nil)
    }

    private func addOwner(
        _ wanted: Hosting.CreateParameters, _ role: PleskRole, _ domain: String, password: String
    ) async throws(ProviderError) -> String {
        var owner = PleskNewOwner(
            name: wanted.customerName ?? wanted.email, login: Self.login(wanted, domain), password: password,
            email: wanted.email)
        switch role {
        case .customer:
            owner.ownerLogin = wanted.ownerUsername
            return try await api.addCustomer(owner)
        case .reseller:
            return try await api.addReseller(
                owner, planID: try await plan(.reseller, wanted.packageName).id)
        }
    }

    private func addWebspace(
        _ wanted: Hosting.CreateParameters, _ domain: String, ownerID: String, password: String
    ) async throws(ProviderError) {
        let ip =
            if let ip = wanted.customIP { ip } else { try await sharedAddress() }
        let plan = wanted.asReseller == true ? nil : try await plan(.service, wanted.packageName).name
        try await api.addWebspace(
            PleskNewWebspace(
                name: domain, ownerID: ownerID, ip: ip, ftpLogin: Self.login(wanted, domain),
                ftpPassword: password, planName: plan))
    }

    /// Removes the owner that was just made for a subscription that could not be had, so that a later
    /// attempt finds the name free. Where nobody knows whether the subscription came about, the owner stays.
    private func afterTakingBack(
        _ role: PleskRole, id: String, _ error: ProviderError
    ) async -> ProviderError {
        guard !error.mayHaveTakenEffect || PleskAnswer.isRefusal(error) else { return error }
        do throws(ProviderError) {
            try await api.delete(role, .id(id))
            return error
        } catch let failure {
            return error.adding("left_behind", .string("\(role.rawValue) \(id)"))
                .adding("removal", .string("\(failure)"))
        }
    }

    /// An account is taken for this action's if it has the login, e-mail address and domain that were wanted
    /// and is no older than the action. An owner of that kind without the subscription may be in the making.
    func observeCreate(
        _ wanted: Hosting.CreateParameters
    ) async throws(ProviderError) -> Observation<Hosting.AccountInfo> {
        let domain = try wanted.mainDomain()
        let existing = Self.existingCustomer(wanted)
        let role: PleskRole = wanted.asReseller == true ? .reseller : .customer
        let filter = existing.map { PleskOwner.Filter.id($0) } ?? .login(Self.login(wanted, domain))
        guard let owner = try await api.owner(role, filter) else { return .notDone }
        if existing == nil {
            guard owner.email?.lowercased() == wanted.email.lowercased() else { return .notDone }
            guard let isNew = isNew(owner.createdOn) else { return .unknown }
            guard isNew else { return .notDone }
        }
        let webspaces = try await api.webspaces(.ownerLogin(owner.login))
        guard let webspace = webspaces.first(where: { $0.isNamed(domain) }) else {
            return existing == nil ? .unknown : .notDone
        }
        guard let isNew = isNew(webspace.createdOn) else { return .unknown }
        return isNew ? .done(try await info(owner.login, domain: domain)) : .notDone
    }

    /// Whether something was made since the action was asked for; nil where it cannot be told. Only the day is
    /// known, by a clock that may be up to 12 h behind.
    private func isNew(_ day: String?) -> Bool? {
        guard let day = day.flatMap({ Timestamp(written: $0) }), let askedAt = context.actionID?.madeAt else {
            return nil
        }
        return day.advanced(by: .seconds(36 * 3_600)) >= askedAt
    }

    func terminate(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.TerminateResult {
        if try await isReseller(account.username) {
            try await api.delete(.reseller, .login(account.username))
        } else if let domain = account.domain {
            // Somebody else may have the domain by now.
            guard try await owns(account.username, domain) else { throw Self.notFound }
            try await api.deleteWebspace(name: domain)
        } else {
            try await api.delete(.customer, .login(account.username))
        }
        return Hosting.TerminateResult()
    }

    func observeTerminate(
        _ account: Hosting.Account
    ) async throws(ProviderError) -> Observation<Hosting.TerminateResult> {
        if try await isReseller(account.username) { return .notDone }
        let isThere =
            if let domain = account.domain {
                try await owns(account.username, domain)
            } else {
                try await api.owner(.customer, .login(account.username)) != nil
            }
        return isThere ? .notDone : .done(Hosting.TerminateResult())
    }

    // MARK: Parts

    func isReseller(_ username: String) async throws(ProviderError) -> Bool {
        try await api.owner(.reseller, .login(username)) != nil
    }

    private func owns(_ username: String, _ domain: String) async throws(ProviderError) -> Bool {
        try await api.webspaces(.ownerLogin(username)).contains { $0.isNamed(domain) }
    }

    /// - Throws: `invalidInput` where there is no such plan.
    func plan(_ kind: PleskPlan.Kind, _ package: String) async throws(ProviderError) -> PleskPlan {
        guard let plan = try await api.plan(kind, .init(package: package)) else {
            throw ProviderError(
                .invalidInput, "This package is not offered at the moment.",
                details: ["package": .string(package)])
        }
        return plan
    }

    /// An address that many may be on, of version 4 if there is one.
    private func sharedAddress() async throws(ProviderError) -> String {
        let shared = try await api.addresses().filter(\.isShared).map(\.ip)
        guard let ip = shared.first(where: { !$0.contains(":") }) ?? shared.first else {
            throw ProviderError(.rejected, details: ["problem": "The server has no shared address."])
        }
        return ip
    }

    /// The customer that a further subscription is for. A reseller is always a new one.
    private static func existingCustomer(_ wanted: Hosting.CreateParameters) -> String? {
        wanted.asReseller == true ? nil : wanted.customerID
    }

    private static func login(_ wanted: Hosting.CreateParameters, _ domain: String) -> String {
        wanted.username ?? PanelUsername.make(from: domain, isUnique: true)
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }
}
