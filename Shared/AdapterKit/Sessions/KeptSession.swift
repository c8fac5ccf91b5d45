/// A third party's session that outlives the attempt that opened it. One attempt at a time has it.
package protocol KeptSession: AnyObject, Sendable {
    /// Whether it may be used again, as far as is known without asking.
    var isUsable: Bool { get }
    /// Lets the third party hear of us, so that it does not end the session.
    ///
    /// - Returns: whether it may be used further.
    func keepAlive() async -> Bool
    /// Takes leave and closes the connection.
    func end() async
    /// Closes the connection at once.
    func abandon()
}

/// With whom a session is: sessions of another account are not lent.
package struct SessionAccount: Sendable, Equatable {
    private let value: any Hashable & Sendable

    /// - Parameter value: all that a session is opened with: address, credentials, certificates.
    package init(_ value: some Hashable & Sendable) {
        self.value = value
    }

    package static func == (left: SessionAccount, right: SessionAccount) -> Bool {
        AnyHashable(left.value) == AnyHashable(right.value)
    }
}
