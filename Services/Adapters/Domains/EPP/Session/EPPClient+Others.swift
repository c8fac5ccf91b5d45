import AdapterKit
import Models

extension EPPClient {
    // MARK: Contacts

    /// - SeeAlso: RFC 5733, section 3.1.2
    func contactInfo(_ id: String) async throws(ProviderError) -> EPPContactInfo {
        try EPPContactInfo(try await send(.contactInfo(id)))
    }

    /// - Returns: the contact's id, which may be another than the one asked for.
    /// - SeeAlso: RFC 5733, section 3.2.1
    func createContact(_ new: EPPNewContact) async throws(ProviderError) -> String {
        let response = try await send(.createContact(new))
        return response.data("creData", of: .contact)?["id"]?.content ?? new.id
    }

    /// - SeeAlso: RFC 5733, section 3.2.4
    func updateContact(
        _ id: String, _ details: Domains.ContactDetails, postalForms: [EPPPostalForm]
    ) async throws(ProviderError) {
        _ = try await send(.updateContact(id, details, postalForms: postalForms))
    }

    // MARK: Hosts

    /// Of the host names those that the registry does not have yet.
    ///
    /// - SeeAlso: RFC 5732, section 3.1.1
    func missingHosts(_ names: [String]) async throws(ProviderError) -> [String] {
        guard !names.isEmpty else { return [] }
        let data = try await send(.checkHosts(names)).data("chkData", of: .host)
        return Self.availabilities(data).filter(\.isAvailable).map(\.name)
    }

    /// - SeeAlso: RFC 5732, section 3.1.2
    func hasHost(_ name: String) async throws(ProviderError) -> Bool {
        do throws(ProviderError) {
            _ = try await send(.hostInfo(name))
            return true
        } catch {
            guard error.kind == .notFound else { throw error }
            return false
        }
    }

    /// - SeeAlso: RFC 5732, section 3.2.1
    func createHost(_ server: Domains.Nameserver) async throws(ProviderError) {
        _ = try await send(.createHost(server))
    }

    // MARK: Messages

    /// The oldest message; nil where none waits.
    ///
    /// - SeeAlso: RFC 5730, section 2.9.2.3
    func nextMessage() async throws(ProviderError) -> EPPMessage? {
        EPPMessage(try await send(.nextMessage))
    }

    /// Takes the message off the queue.
    ///
    /// - SeeAlso: RFC 5730, section 2.9.2.3
    func acknowledge(_ id: String) async throws(ProviderError) {
        _ = try await send(.acknowledge(id))
    }
}

/// A message that a registry keeps until it is acknowledged.
struct EPPMessage: Sendable, Equatable {
    var id: String
    /// How many wait, this one included.
    var count: Int
    var date: Timestamp?
    var text: String
    var response: EPPResponse

    /// Nil where the answer holds no message.
    init?(_ response: EPPResponse) {
        guard response.result.code == 1_301, let queue = response.queue, !queue.id.isEmpty else { return nil }
        id = queue.id
        count = queue.count
        date = queue.date.flatMap { Timestamp(written: $0) }
        text = queue.message ?? ""
        self.response = response
    }
}
