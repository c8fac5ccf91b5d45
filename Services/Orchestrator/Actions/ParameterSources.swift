package import Models

/// Where a parameter that the caller did not give is taken from, in this order: the product's provision fields, the
/// product's settings, the client's profile. (Defaults of the function come last, and are the provider's.)
package struct ParameterSources {
    package let product: ProductRecord
    package let client: Client

    package init(product: ProductRecord, client: Client) {
        self.product = product
        self.client = client
    }

    /// What was given, filled up.
    ///
    /// - Parameter openField: opens a sealed provision field, by name.
    package func fill(
        _ given: [String: JSONValue], for function: FunctionDefinition,
        openField: (String, JSONValue) throws -> JSONValue
    ) rethrows -> [String: JSONValue] {
        var filled = given
        for field in function.parameters where filled[field.name] == nil {
            if let value = product.provisionFields[field.name], value != .null {
                filled[field.name] = try openField(field.name, value)
            } else if let value = ownValue(field.name) {
                filled[field.name] = value
            } else if let value = field.defaultValue {
                filled[field.name] = value
            }
        }
        return filled
    }

    private func ownValue(_ name: String) -> JSONValue? {
        switch name {
        case "package_name": product.package.map(JSONValue.string)
        case "email": .string(client.email)
        case "customer_name": .string(client.name)
        case "customer_phone": client.phone.map(JSONValue.string)
        case "customer_address": client.address.flatMap(address)
        default: nil
        }
    }

    private func address(_ address: Address) -> JSONValue? {
        let members: [(String, String?)] = [
            ("address_1", address.address1), ("address_2", address.address2), ("city", address.city),
            ("state", address.state), ("postcode", address.postcode), ("country_code", address.countryCode),
        ]
        let present = members.compactMap { name, value in value.map { (name, JSONValue.string($0)) } }
        return present.isEmpty ? nil : .object(Dictionary(present) { _, last in last })
    }
}
