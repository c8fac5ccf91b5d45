import AdapterKit
import Models

/// Changing accounts.
extension PleskProvider {
    /// The plan of accounts that are converted.
    private static let convertedPlan = "Custom"

    func changePassword(
        _ wanted: Hosting.ChangePasswordParameters
    ) async throws(ProviderError) -> Hosting.ChangePasswordResult {
        let role: PleskRole = try await isReseller(wanted.username) ? .reseller : .customer
        try await api.set(role, login: wanted.username, .password(wanted.password))
        return Hosting.ChangePasswordResult()
    }

    func changePackage(
        _ wanted: Hosting.ChangePackageParameters
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        let (login, package) = (wanted.username, wanted.packageName)
        let isReseller = try await isReseller(login)
        switch (isReseller, wanted.asReseller ?? isReseller) {
        case (true, true):
            try await api.switchReseller(
                login: login, planGUID: try await plan(.reseller, package).guid)
        case (true, false):
            try await api.convertToCustomer(login: login, plan: try await plan(.service, package).name)
        case (false, true):
            try await api.convertToReseller(login: login, plan: try await plan(.reseller, package).name)
        case (false, false):
            let filter = wanted.domain.map { PleskWebspace.Filter.name($0) } ?? .ownerLogin(login)
            try await api.switchWebspaces(filter, planGUID: try await plan(.service, package).guid)
        }
        return try await info(login, domain: wanted.domain)
    }

    /// The panel keeps no reason; the one given is told in the result only.
    func suspend(_ wanted: Hosting.SuspendParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        try await set(PleskStatus.suspendedByAdministrator, wanted.username, domain: wanted.domain)
        var info = try await info(wanted.username, domain: wanted.domain)
        info.suspendReason = wanted.reason
        return info
    }

    func unsuspend(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        try await set(PleskStatus.active, account.username, domain: account.domain)
        return try await info(account.username, domain: account.domain)
    }

    private func set(_ status: Int, _ username: String, domain: String?) async throws(ProviderError) {
        if try await isReseller(username) {
            try await api.set(.reseller, login: username, .status(status))
        } else if let domain {
            try await api.setWebspace(name: domain, status: status)
        } else {
            try await api.set(.customer, login: username, .status(status))
        }
    }

    func grantReseller(
        _ wanted: Hosting.GrantResellerParameters
    ) async throws(ProviderError) -> Hosting.ResellerPrivileges {
        if try await !isReseller(wanted.username) {
            try await api.convertToReseller(login: wanted.username, plan: Self.convertedPlan)
        }
        return Hosting.ResellerPrivileges(reseller: true)
    }

    func revokeReseller(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.ResellerPrivileges
    {
        if try await isReseller(account.username) {
            try await api.convertToCustomer(login: account.username, plan: Self.convertedPlan)
        } else if try await api.owner(.customer, .login(account.username)) == nil {
            throw Self.notFound
        }
        return Hosting.ResellerPrivileges(reseller: false)
    }
}
