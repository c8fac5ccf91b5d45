import AdapterKit
import Models

extension LogicBoxesProvider {
    // MARK: Contacts

    func updateRegistrantContact(
        _ wanted: Domains.UpdateRegistrantContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        try await updateContact(
            Domains.UpdateContactParameters(
                sld: wanted.sld, tld: wanted.tld, contact: wanted.contact, contactType: "registrant"))
    }

    /// Contacts are not changed where they stand, as others may have them too: the domain gets a new one.
    func updateContact(
        _ wanted: Domains.UpdateContactParameters
    ) async throws(ProviderError) -> Domains.ChangedContact {
        let domain = try await active(wanted)
        let ending = LogicBoxesEnding(wanted.ending)
        var contacts = domain.contacts
        let place: WritableKeyPath<LogicBoxesContacts, String>
        switch wanted.contactType {
        case "registrant": place = \.registrant
        case "admin" where ending.hasAdminAndTech: place = \.admin
        case "tech" where ending.hasAdminAndTech: place = \.tech
        case "billing" where ending.hasBilling: place = \.billing
        default: throw ProviderError(.unsupported, "This ending has no such contact.")
        }
        guard let customerID = domain.customerID else {
            throw ProviderError(.providerUnavailable, details: ["problem": "The customer is not told."])
        }
        let id = try await addContact(wanted.contact, customerID: customerID, ending: ending)
        contacts[keyPath: place] = id
        try await api.modifyContacts(orderID: domain.orderID, contacts)
        return Domains.ChangedContact(try await api.contact(id: id).contact)
    }

    /// Adds the contacts of a new order, to the customer account of its holder.
    func contacts(
        _ registrant: Domains.ContactChoice, _ admin: Domains.ContactChoice?, _ tech: Domains.ContactChoice?,
        _ billing: Domains.ContactChoice?, ending name: String
    ) async throws(ProviderError) -> (customerID: String, LogicBoxesContacts) {
        let ending = LogicBoxesEnding(name)
        let customerID: String
        let holder: String
        if let details = registrant.register {
            customerID = try await customer(details)
            holder = try await addContact(details, customerID: customerID, ending: ending)
        } else if let id = registrant.id, let known = try await api.contact(id: id).customerID {
            (customerID, holder) = (known, id)
        } else {
            throw ProviderError(.invalidInput, "The holder of the domain has to be given.")
        }
        func id(_ choice: Domains.ContactChoice?, isWanted: Bool) async throws(ProviderError) -> String {
            guard isWanted else { return LogicBoxesContacts.none }
            if let id = choice?.id { return id }
            guard let details = choice?.register else { return holder }
            return try await addContact(details, customerID: customerID, ending: ending)
        }
        let contacts = LogicBoxesContacts(
            registrant: holder, admin: try await id(admin, isWanted: ending.hasAdminAndTech),
            tech: try await id(tech, isWanted: ending.hasAdminAndTech),
            billing: try await id(billing, isWanted: ending.hasBilling))
        return (customerID, contacts)
    }

    private func addContact(
        _ details: Domains.ContactDetails, customerID: String, ending: LogicBoxesEnding
    ) async throws(ProviderError) -> String {
        try await api.addContact(
            LogicBoxesPerson(details), type: details.type ?? ending.contactType, customerID: customerID)
    }

    /// The customer account of a person, which is opened where there is none.
    private func customer(_ details: Domains.ContactDetails) async throws(ProviderError) -> String {
        if let id = try await api.customerID(username: details.email) { return id }
        // Nobody signs in there, so nobody is told the password.
        let password = "\(RandomText.letters(12))A1!"
        context.secrets.add(password)
        return try await api.signUp(LogicBoxesPerson(details), password: password)
    }

    // MARK: Nameservers and lock

    func updateNameservers(
        _ wanted: Domains.UpdateNameserversParameters
    ) async throws(ProviderError) -> Domains.Nameservers {
        let domain = try await active(wanted)
        try await api.modifyNameservers(orderID: domain.orderID, wanted.list.map(\.host))
        return Domains.Nameservers(try await active(wanted).nameservers)
    }

    func setLock(_ wanted: Domains.SetLockParameters) async throws(ProviderError) -> Domains.DomainInfo {
        let domain = try await active(wanted)
        guard domain.isLocked != wanted.lock else { return domain.info }
        try await api.setTheftProtection(orderID: domain.orderID, wanted.lock)
        return try await active(wanted).info
    }

    // MARK: Releasing

    func updateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Domains.UpdateIpsTagResult {
        let domain = try await active(wanted)
        let tag = wanted.ipsTag.count == 2 ? "#\(wanted.ipsTag)" : wanted.ipsTag
        try await api.releaseUK(orderID: domain.orderID, tag: tag)
        return Domains.UpdateIpsTagResult()
    }

    /// A domain that has left the account and is registered elsewhere has been released.
    func observeUpdateIPSTag(
        _ wanted: Domains.UpdateIpsTagParameters
    ) async throws(ProviderError) -> Observation<Domains.UpdateIpsTagResult> {
        if let domain = try await api.detailsByName(wanted.domainName), !domain.isGone { return .notDone }
        let answer = try await api.available(name: wanted.nameWithoutEnding, ending: wanted.ending)
        let isElsewhere = answer[wanted.domainName]?["status"]?.lenientText == "regthroughothers"
        return isElsewhere ? .done(Domains.UpdateIpsTagResult()) : .unknown
    }
}
