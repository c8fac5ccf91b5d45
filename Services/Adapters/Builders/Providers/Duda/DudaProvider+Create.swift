import AdapterKit
import Models

/// Opening accounts.
extension DudaProvider {
    /// Opens a user and a site. An account that somebody has under the same e-mail address is not used unless
    /// it is named: whoever is signed in to it sees all its sites.
    func create(_ wanted: Builders.CreateParameters) async throws(ProviderError) -> Builders.AccountInfo {
        let plan = try await plan(wanted.packageReference)
        let user = Self.user(for: wanted)
        if wanted.siteBuilderUserID == nil {
            try await api.createAccount(
                DudaNewAccount(
                    name: user, person: PersonName(wanted.customerName), languageCode: wanted.languageCode))
        } else if try await !api.hasAccount(user) {
            throw ProviderError(.notFound, "There is no user of this id.")
        }
        let site = try await api.createSite(
            DudaNewSite(
                template: configuration.template, domain: wanted.domainName,
                languageCode: wanted.languageCode))
        do throws(ProviderError) {
            try await api.setPermissions(
                permissions(wanted.permissions, plan: plan), of: user, site: site)
            try await api.setPlan(plan, of: site)
            return try await state(of: user, site: site).info
        } catch {
            throw error.adding("account_reference", .string(site))
        }
    }

    private static func user(for wanted: Builders.CreateParameters) -> String {
        wanted.siteBuilderUserID ?? wanted.customerEmail
    }

    /// The most sites of a user that are looked at.
    private static let siteLimit = 20

    /// Looks for the one site of the user that was opened since the action was asked for and has the domain and
    /// plan wanted.
    ///
    /// Where the user is there and the site is not, or not whole, nobody can tell: a site is seen only once the
    /// user may do something with it.
    func observeCreate(
        _ wanted: Builders.CreateParameters
    ) async throws(ProviderError) -> Observation<Builders.AccountInfo> {
        let user = Self.user(for: wanted)
        guard try await api.hasAccount(user) else { return .notDone }
        let names = try await api.sites(of: user)
        guard names.count <= Self.siteLimit else { return .unknown }
        var ours: [DudaSite] = []
        for name in names {
            guard let site = try await api.site(name) else { continue }
            guard let canBeOurs = context.canBeOurs(madeAt: site.createdAt) else { return .unknown }
            let hasDomain = wanted.domainName.map { $0.lowercased() == site.domain?.lowercased() } ?? true
            if canBeOurs, hasDomain { ours.append(site) }
        }
        guard let site = ours.first, ours.count == 1 else { return .unknown }
        let state = try await state(of: user, site: site.name)
        guard try await plan(wanted.packageReference).id == state.plan.id else { return .unknown }
        return .done(state.info)
    }
}
