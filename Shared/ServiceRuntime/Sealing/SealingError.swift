/// Why a value could not be sealed or opened. Never shows the value or a key.
package struct SealingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        case malformedKey, malformed, unknownKey, refused, `internal`
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
