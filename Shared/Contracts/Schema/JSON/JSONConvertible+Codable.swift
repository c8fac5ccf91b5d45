import Foundation

/// Descriptors cross the bus seldom, and are read and written as what they are encoded to.
extension ProviderDescriptor: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(value.text))
        } catch {
            throw JSONShapeError("is not a provider's descriptor")
        }
    }

    package func write(to bytes: inout [UInt8]) {
        do {
            bytes.append(contentsOf: try JSONEncoder().encode(self))
        } catch {
            // Only a default that is no finite number cannot be encoded, and no contract file can hold one.
            preconditionFailure("the descriptor of \(provider) cannot be encoded: \(error)")
        }
    }
}
