package import Models

/// Keeps what third parties tell without being asked, so that they may be told that it arrived.
package protocol NoticeStore: Sendable {
    /// Returns once the notices are durable. One that is given again changes nothing.
    ///
    /// - Throws: `providerUnavailable` where they could not be stored; the third party must then not be told
    ///   that they arrived.
    func store(_ notices: [Notice], of configuration: ConfigurationID) async throws(ProviderError)
}

/// Where notices cannot be kept: none is ever taken off a third party's queue there.
package struct NoNoticeStore: NoticeStore {
    package init() {}

    package func store(_ notices: [Notice], of configuration: ConfigurationID) async throws(ProviderError) {
        throw ProviderError(.internal, details: ["problem": "Notices cannot be kept here."])
    }
}
