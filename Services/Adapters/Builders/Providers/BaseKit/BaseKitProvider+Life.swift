import AdapterKit
import Models

/// Opening and closing accounts.
extension BaseKitProvider {
    /// Opens a user, a site, and gives the user the package. What a run of this action has made before is used:
    /// the user's name follows from the action.
    func create(_ wanted: Builders.CreateParameters) async throws(ProviderError) -> Builders.AccountInfo {
        let (user, isNew) = try await user(for: wanted)
        do throws(ProviderError) {
            let site = try await site(of: user, isNew: isNew, domain: wanted.domainName)
            try await api.addPackage(
                .string(wanted.packageReference), to: user.text, months: wanted.billingCycleMonths)
            return Builders.AccountInfo(
                accountReference: user.text, domainName: site.domain ?? wanted.domainName,
                packageReference: wanted.packageReference, suspended: false, siteCount: 1,
                storageUsed: BaseKitUser.noStorage, extra: wanted.extra)
        } catch {
            throw error.adding("account_reference", .string(user.text))
        }
    }

    private func user(
        for wanted: Builders.CreateParameters
    ) async throws(ProviderError) -> (reference: BaseKitReference, isNew: Bool) {
        let name = PersonName(wanted.customerName)
        if context.attempt > 1, let user = try await ownUser(name)?.reference { return (user, false) }
        let newUser = BaseKitNewUser(
            brand: brand, username: BaseKitUsername.make(for: name, action: context.actionID),
            email: wanted.customerEmail, password: wanted.password ?? newPassword(), name: name,
            languageCode: wanted.languageCode, metadata: Self.metadata(of: wanted))
        do throws(ProviderError) {
            return (try await api.createUser(newUser), true)
        } catch {
            // Only an earlier run of this action can have taken its name.
            guard error.kind == .alreadyExists, error.details["errors"]?["username"] != nil,
                let user = try await ownUser(name)?.reference
            else { throw error }
            return (user, false)
        }
    }

    private func site(
        of user: BaseKitReference, isNew: Bool, domain: String?
    ) async throws(ProviderError) -> BaseKitSite {
        if !isNew, let site = try await api.sites(of: user.text).first { return site }
        return try await api.createSite(of: user, brand: brand, domain: domain)
    }

    /// What else the vendor is to keep of a user, with the customer's number under the key that users opened
    /// before have it under.
    private static func metadata(of wanted: Builders.CreateParameters) -> [String: JSONValue] {
        var metadata = wanted.extra?.objectValue ?? [:]
        if let list = wanted.extra?.arrayValue, !list.isEmpty { metadata["extra"] = .array(list) }
        metadata["upmind_client_id"] = .string(wanted.customerID)
        return metadata
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }

    /// Looks for the user of this action's name. One that lacks its site or package counts as not done: the
    /// next run goes on with it.
    func observeCreate(
        _ wanted: Builders.CreateParameters
    ) async throws(ProviderError) -> Observation<Builders.AccountInfo> {
        guard context.actionID != nil else { return .unknown }
        guard let reference = try await ownUser(PersonName(wanted.customerName))?.reference?.text else {
            return .notDone
        }
        var info = try await info(reference, domain: wanted.domainName)
        guard info.siteCount ?? 0 > 0, info.packageReference == wanted.packageReference else {
            return .notDone
        }
        info.extra = wanted.extra
        return .done(info)
    }

    /// How many pages of the list of users are looked through.
    private static let pageLimit = 20

    /// The user that this action has opened; nil where there is none.
    ///
    /// - Throws: `internal` where there are more new users than can be looked through.
    private func ownUser(_ name: PersonName) async throws(ProviderError) -> BaseKitUser? {
        guard let askedAt = context.actionID?.madeAt else { return nil }
        let username = BaseKitUsername.make(for: name, action: context.actionID)
        // The day before, as it is not known which zone the vendor's days are of.
        let day = String(askedAt.advanced(by: .seconds(-86_400)).plainText.prefix(10))
        for page in 0..<Self.pageLimit {
            let users = try await api.users(from: day, offset: page * BaseKitAPI.pageSize)
            if let user = users.first(where: { $0.username == username && !$0.isDeleted }) { return user }
            guard users.count >= BaseKitAPI.pageSize else { return nil }
        }
        throw ProviderError(.internal, details: ["problem": "There are too many new users."])
    }

    /// Takes the package away, then deletes the sites and the user.
    func terminate(_ account: Builders.Account) async throws(ProviderError) -> Builders.TerminateResult {
        try await api.addPackage(suspensionPackage, to: account.accountReference, months: nil)
        for site in try await api.sites(of: account.accountReference) {
            try await api.deleteSite(site.reference)
        }
        try await api.deleteUser(account.accountReference)
        return Builders.TerminateResult()
    }

    func observeTerminate(
        _ account: Builders.Account
    ) async throws(ProviderError) -> Observation<Builders.TerminateResult> {
        try await api.user(account.accountReference) == nil ? .done(Builders.TerminateResult()) : .notDone
    }
}
