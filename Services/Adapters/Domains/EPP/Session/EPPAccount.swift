import AdapterKit

/// An account with a registry, and how to get there.
struct EPPAccount: Sendable, Hashable {
    var endpoint: FrameEndpoint
    var user: String
    var password: String
    var services: EPPServices

    /// RFC 5734, section 2.
    static let usualPort = 700
}
