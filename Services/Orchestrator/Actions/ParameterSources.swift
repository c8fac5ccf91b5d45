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

    /// What was given, filled up. Where one way to say something was given (a size, or memory, cores and disk), the others
    /// are left alone.
    ///
    /// - Parameter openField: opens a sealed provision field, by name.
    package func fill(
        _ given: [String: JSONValue], for function: FunctionDefinition,
        openField: (String, JSONValue) throws -> JSONValue
    ) rethrows -> [String: JSONValue] {
        var filled = given
        for field in function.parameters where filled[field.name] == nil && !field.isReplaced(by: given) {
            if let value = product.provisionFields[field.name], value != .null {
                filled[field.name] = try openField(field.name, value)
            } else if !field.isReplaced(by: product.provisionFields), let value = ownValue(field.name) {
                filled[field.name] = value
            } else if let value = field.defaultValue {
                filled[field.name] = value
            }
        }
        return filled
    }

    /// The parameters by which functions ask for the package.
    package static let packageNames: Set<String> = [
        "package_name", "package_identifier", "package_reference", "plan", "size",
    ]

    /// What the product and its client know under a parameter's name.
    private func ownValue(_ name: String) -> JSONValue? {
        switch name {
        case _ where Self.packageNames.contains(name): product.package.map(JSONValue.string)
        case "email", "customer_email": .string(client.email)
        case "customer_name": .string(client.name)
        case "customer_phone": client.phone.map(JSONValue.string)
        case "customer_address": client.address.flatMap(address)
        case "company_name": client.company.map(JSONValue.string)
        case "country_code": client.address?.countryCode.map(JSONValue.string)
        case "user_id": .string(client.id.rawValue)
        // A panel's own customer has the same name in hosting, and another id.
        case "customer_id" where product.category != Hosting.blueprint.category:
            .string(client.id.rawValue)
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

extension FieldDefinition {
    /// Whether something was given that makes this field unneeded, as its rules say.
    func isReplaced(by given: [String: JSONValue]) -> Bool {
        rules.contains { rule in
            switch rule {
            case .requiredWithout(let names), .requiredWithoutAll(let names):
                names.contains { given[$0] != nil && given[$0] != .null }
            default: false
            }
        }
    }
}
