import AdapterKit
import Logging
import Models
import ServiceRuntime

extension CPanelProvider {
    // MARK: Opening and closing accounts

    func create(_ wanted: Hosting.CreateParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        let domain = try Self.domain(of: wanted)
        let account = CPanelNewAccount(
            username: wanted.username ?? PanelUsername.make(from: domain, isUnique: true),
            password: wanted.password ?? newPassword(), domain: domain, contactEmail: wanted.email,
            plan: try await package(wanted.packageName),
            owner: wanted.ownerUsername ?? configuration.whmUsername, isReseller: wanted.asReseller ?? false,
            customIP: wanted.customIP)
        try await api.createacct(account)
        if account.isReseller {
            if wanted.ownsItself == true {
                try await api.setupreseller(user: account.username, makesOwner: true)
            }
            try await set(wanted.resellerOptions, of: account.username)
        }
        let software = await installSoftware(in: account)
        var info = try await info(account.username, isReseller: nil)
        info.software = software
        return info
    }

    /// Installs what the configuration says. The account is open by then, so that a failure is told to staff
    /// only: it can be made good by hand, while a failed opening would be done again.
    private func installSoftware(in account: CPanelNewAccount) async -> Hosting.SoftwareInstallation? {
        guard configuration.softaculousInstall == "wordpress" else { return nil }
        let installer = SoftaculousAPI(
            hostname: configuration.hostname, username: account.username, password: account.password,
            verifiesTLS: configuration.verifyTls ?? true, transport: context.transport)
        do throws(ProviderError) {
            return try await installer.install(
                SoftaculousAPI.Installation(
                    application: SoftaculousAPI.wordPress, domain: account.domain,
                    adminUsername: account.username,
                    adminPassword: newPassword(), adminEmail: account.contactEmail))
        } catch {
            context.logger.warning(
                "Could not install application",
                metadata: [LogKey.errorKind: "\(error.kind.rawValue)", LogKey.error: "\(error.message)"])
            return nil
        }
    }

    /// Looks for an account with the domain and name that this action would have given it, opened since the
    /// action was asked for. An older one is somebody else's.
    func observeCreate(
        _ wanted: Hosting.CreateParameters
    ) async throws(ProviderError) -> Observation<Hosting.AccountInfo> {
        let domain = try Self.domain(of: wanted)
        guard let account = try await api.accountsummary(.domain(domain)),
            account.domain?.lowercased() == domain, wanted.username ?? account.user == account.user
        else { return .notDone }
        // The clocks of two machines may differ.
        let tolerance = Duration.seconds(600)
        if let startedAt = account.startedAt, let askedAt = context.actionID?.madeAt,
            startedAt.advanced(by: tolerance) < askedAt
        {
            return .notDone
        }
        return .done(try await info(account.user, isReseller: nil))
    }

    func terminate(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.TerminateResult {
        if try await isReseller(account.username, known: account.isReseller) == true {
            try await api.terminatereseller(user: account.username)
        } else {
            try await api.removeacct(user: account.username)
        }
        return Hosting.TerminateResult()
    }

    func observeTerminate(
        _ account: Hosting.Account
    ) async throws(ProviderError) -> Observation<Hosting.TerminateResult> {
        try await api.accountsummary(.user(account.username)) == nil
            ? .done(Hosting.TerminateResult()) : .notDone
    }

    // MARK: Changing accounts

    func changePassword(
        _ wanted: Hosting.ChangePasswordParameters
    ) async throws(ProviderError) -> Hosting.ChangePasswordResult {
        try await api.passwd(user: wanted.username, password: wanted.password)
        return Hosting.ChangePasswordResult()
    }

    func changePackage(
        _ wanted: Hosting.ChangePackageParameters
    ) async throws(ProviderError) -> Hosting.AccountInfo {
        if let wantsReseller = wanted.asReseller {
            let isReseller = try await isReseller(wanted.username, known: nil) ?? false
            if wantsReseller, !isReseller {
                try await api.setupreseller(user: wanted.username, makesOwner: wanted.ownsItself ?? false)
            }
            if wantsReseller {
                try await set(wanted.resellerOptions, of: wanted.username)
            } else if isReseller {
                try await api.unsetupreseller(user: wanted.username)
            }
        }
        try await api.changepackage(user: wanted.username, package: try await package(wanted.packageName))
        return try await info(wanted.username, isReseller: nil)
    }

    func suspend(_ wanted: Hosting.SuspendParameters) async throws(ProviderError) -> Hosting.AccountInfo {
        let isReseller = try await isReseller(wanted.username, known: nil)
        if isReseller == true {
            try await api.suspendreseller(user: wanted.username, reason: wanted.reason)
        } else {
            try await api.suspendacct(user: wanted.username, reason: wanted.reason)
        }
        return try await info(wanted.username, isReseller: isReseller)
    }

    func unsuspend(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.AccountInfo {
        let isReseller = try await isReseller(account.username, known: account.isReseller)
        if isReseller == true {
            try await api.unsuspendreseller(user: account.username)
        } else {
            try await api.unsuspendacct(user: account.username)
        }
        return try await info(account.username, isReseller: isReseller)
    }

    // MARK: Resellers

    func grantReseller(
        _ wanted: Hosting.GrantResellerParameters
    ) async throws(ProviderError) -> Hosting.ResellerPrivileges {
        try await api.setupreseller(user: wanted.username, makesOwner: wanted.ownsItself ?? false)
        return Hosting.ResellerPrivileges(reseller: true)
    }

    func revokeReseller(_ account: Hosting.Account) async throws(ProviderError) -> Hosting.ResellerPrivileges
    {
        try await api.unsetupreseller(user: account.username)
        return Hosting.ResellerPrivileges(reseller: false)
    }

    private func set(_ options: Hosting.ResellerOptions?, of username: String) async throws(ProviderError) {
        guard let options else { return }
        try await api.setacls(reseller: username, list: options.aclName)
        try await api.setresellerlimits(user: username, CPanelResellerLimits(options: options))
    }

    // MARK: Parts

    /// The server's name of a package: a reseller's packages are called `<reseller>_<name>`.
    private func package(_ name: String) async throws(ProviderError) -> String {
        let prefixed = "\(configuration.whmUsername)_\(name)"
        if try await api.hasPackage(name) { return name }
        if try await api.hasPackage(prefixed) { return prefixed }
        throw ProviderError(
            .invalidInput, "This package is not offered at the moment.", details: ["package": .string(name)])
    }

    /// The domain as the server takes it: in lower case, without `www.`.
    private static func domain(of wanted: Hosting.CreateParameters) throws(ProviderError) -> String {
        guard let domain = wanted.domain?.lowercased(), !domain.isEmpty else {
            throw ProviderError(.invalidInput, "A hosting account needs a domain.")
        }
        return domain.hasPrefix("www.") ? String(domain.dropFirst(4)) : domain
    }

    private func newPassword() -> String {
        let password = RandomText.password()
        context.secrets.add(password)
        return password
    }
}
