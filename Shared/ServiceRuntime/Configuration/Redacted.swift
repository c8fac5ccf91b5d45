import Models

/// A value that must not be seen: however it is printed, interpolated, dumped or logged, it shows as dots.
package struct Redacted<Value: Sendable>: Sendable {
    /// The value itself. The name is there to be found by a reviewer.
    package let revealed: Value

    package init(_ value: Value) {
        revealed = value
    }
}

extension Redacted: Equatable where Value: Equatable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { Secret.mask }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:], displayStyle: .struct) }
}
