package import Models

/// What the demo client buys of a category at the first start, and how it is set up.
package struct DemoProduct: Sendable {
    /// What the product is called.
    package let name: String
    package let function: String
    package let parameters: [String: JSONValue]

    package init(name: String, function: String, parameters: [String: JSONValue]) {
        self.name = name
        self.function = function
        self.parameters = parameters
    }
}
