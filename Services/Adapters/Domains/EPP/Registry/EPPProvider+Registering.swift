import AdapterKit
import Models

extension EPPProvider {
    // MARK: Registering

    /// The contact's id, of one that is registered already or that is registered now.
    func contactID(
        of choice: Domains.ContactChoice, for role: EPPContactRole
    ) async throws(ProviderError) -> String {
        if let id = choice.id { return id }
        guard let details = choice.register else {
            throw ProviderError(.invalidInput, "A contact is missing.")
        }
        return try await createContact(newContact(details, for: role))
    }

    /// Registers a contact; one that this action registered before is taken as it is.
    func createContact(_ new: EPPNewContact) async throws(ProviderError) -> String {
        do throws(ProviderError) {
            return try await client.createContact(new)
        } catch {
            guard error.kind == .alreadyExists, context.actionID != nil else { throw error }
            return new.id
        }
    }

    /// Makes sure that the registry has the hosts.
    func ensureHosts(_ servers: [Domains.Nameserver]) async throws(ProviderError) {
        guard case .objects = client.hosts else { return }
        var missing: [String] = []
        switch Self.traits.hostQuestion {
        case .check: missing = try await client.missingHosts(servers.map(\.host))
        case .info:
            for server in servers where try await !client.hasHost(server.host) { missing.append(server.host) }
        }
        let names = Set(missing.map { $0.lowercased() })
        for server in servers where names.contains(server.host.lowercased()) {
            do throws(ProviderError) {
                try await client.createHost(server)
            } catch {
                // Somebody else made it meanwhile.
                guard error.kind == .alreadyExists else { throw error }
            }
        }
    }

    /// - Throws: `alreadyExists` where the name is not to be had.
    func requireAvailable(_ name: String) async throws(ProviderError) {
        let answer = try await client.checkDomains([name]).first
        guard answer?.isAvailable == true else {
            throw ProviderError(
                .alreadyExists, "This domain cannot be registered: it is taken or reserved.",
                details: answer?.reason.map { ["reason": .string($0)] } ?? [:])
        }
    }

    /// Registers a domain whose contacts and hosts are there.
    ///
    /// - Returns: the domain; deferred where the registry still has to decide.
    func registerNew(_ new: EPPNewDomain) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        let isPending: Bool
        do throws(ProviderError) {
            isPending = try await client.createDomain(new)
        } catch {
            guard error.kind == .notFound else { throw error }
            throw ProviderError(
                .invalidInput, "A contact or a nameserver is not known to the registry.",
                details: error.details)
        }
        if isPending { return .deferred(reference: new.name, pollAfter: EPPWaiting.pollInterval) }
        return .done(try await read(new.name))
    }

    func pollRegister(
        _ wanted: Domains.RegisterParameters, reference: String
    ) async throws(ProviderError) -> ProviderAnswer<Domains.DomainInfo> {
        guard let domain = try await look(reference), isOurs(domain) else {
            throw ProviderError(.rejected, "The registry refused the registration.")
        }
        guard !domain.isPending else {
            return .deferred(reference: reference, pollAfter: EPPWaiting.pollInterval)
        }
        return .done(try await describe(domain))
    }

    /// A domain is this action's if it is in our account and has the contact that this action registered. Of one whose
    /// holder was chosen by id, or whose registry gives ids of its own, the holder has to be the one wanted and the
    /// domain no older than the action.
    func observeRegister(
        _ wanted: Domains.RegisterParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        guard let domain = try await look(wanted.domainName), isOurs(domain),
            try await isMadeByThisAction(domain, holder: wanted.registrant)
        else { return .notDone }
        return .done(try await describe(domain))
    }

    private func isMadeByThisAction(
        _ domain: EPPDomainInfo, holder: Domains.ContactChoice
    ) async throws(ProviderError) -> Bool {
        guard let registrant = domain.registrant else { return false }
        if holder.id == nil, registrant.uppercased() == contactID(for: .registrant) { return true }
        guard let createdAt = domain.createdAt, let actionMadeAt,
            createdAt >= actionMadeAt.advanced(by: .zero - EPPWaiting.clockTolerance)
        else { return false }
        if let id = holder.id { return registrant == id }
        let contact = try await client.contactInfo(registrant)
        return contact.email?.lowercased() == holder.register?.email.lowercased()
            && (contact.name == holder.register?.name
                || contact.organisation == holder.register?.organisation)
    }

    // MARK: Renewing

    /// Renews from the day on which the domain expires now, which the registry compares: of two such commands it takes
    /// one. Where its answer is lost, the domain is read again; where an earlier run may have renewed it, and it was
    /// changed since the action was made, a person has to look.
    func renew(_ wanted: Domains.RenewParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let name = wanted.domainName
        let before = try await client.domainInfo(name)
        guard let day = before.expiryDay, let expiry = before.expiresAt else {
            throw ProviderError(
                .providerUnavailable,
                details: ["problem": "The registry does not say when the domain expires."])
        }
        if context.mayBeRepeat, mayBeRenewed(before, years: wanted.renewYears) {
            throw ProviderError(
                .rejected,
                "It is not certain whether the domain was renewed already. Staff have to look at it.",
                details: [
                    "problem":
                        "An earlier run may have renewed it: it was changed since the action was made.",
                    "expires_at": .string(expiry.plainText),
                ], mayHaveTakenEffect: true)
        }
        let expiresAt: Timestamp?
        do throws(ProviderError) {
            expiresAt = try await client.renewDomain(name, expiring: day, years: wanted.renewYears)
        } catch {
            guard error.mayHaveTakenEffect else { throw error }
            let after: EPPDomainInfo
            do throws(ProviderError) {
                after = try await client.domainInfo(name)
            } catch let unseen {
                throw error.adding("look", .string("\(unseen)"))
            }
            guard let later = after.expiresAt, later > expiry else {
                throw error.adding("look", "not renewed")
            }
            return try await describe(after)
        }
        do throws(ProviderError) {
            return try await read(name)
        } catch {
            // It is renewed; that it cannot be read now changes nothing about that.
            var known = info(before, contacts: [:])
            known.expiresAt = expiresAt?.plainText ?? known.expiresAt
            return known
        }
    }
}

extension EPPProvider {
    /// Whether a renewal by this action happened cannot always be told: the registry does not say who changed what. It
    /// surely did not where the domain was not changed since, or expires too early for it.
    func observeRenew(
        _ wanted: Domains.RenewParameters
    ) async throws(ProviderError) -> Observation<Domains.DomainInfo> {
        let domain = try await client.domainInfo(wanted.domainName)
        return mayBeRenewed(domain, years: wanted.renewYears) ? .unknown : .notDone
    }

    private func mayBeRenewed(_ domain: EPPDomainInfo, years: Int) -> Bool {
        guard let actionMadeAt else { return true }
        guard let updatedAt = domain.updatedAt,
            updatedAt >= actionMadeAt.advanced(by: .zero - EPPWaiting.clockTolerance)
        else { return false }
        // What was renewed since expires no earlier than this: registries renew what expired up to 90 days before.
        let earliest = actionMadeAt.adding(years: years).advanced(by: .zero - EPPWaiting.lastRenewal)
        return domain.expiresAt.map { $0 >= earliest } ?? true
    }
}

/// How long registries take.
enum EPPWaiting {
    /// How often is asked about what a registry, or another registrar, has to decide: every 10 min.
    static let pollInterval = Duration.seconds(600)
    /// How far a registry's clock may be behind ours: 1 min.
    static let clockTolerance = Duration.seconds(60)
    /// How long after a domain expired it can still be renewed: 90 days at most.
    static let lastRenewal = Duration.seconds(90 * 86_400)
}
