import Models

@testable import Gateway

extension HTTPRoute {
    /// A path of the route with identifiers that name nothing.
    var pathOfNothing: String {
        let makers: [(String, () -> String)] = [
            ("users", { UserID.make().rawValue }), ("clients", { ClientID.make().rawValue }),
            ("configurations", { ConfigurationID.make().rawValue }),
            ("products", { ContractProductID.make().rawValue }), ("tokens", { TokenID.make().rawValue }),
            ("actions", { ActionID.make().rawValue }),
        ]
        let id = makers.first { path.contains($0.0) }?.1() ?? "7"
        return path.replacing("{id}", with: id).replacing("{category}", with: "hosting")
            .replacing("{function}", with: "getInfo")
    }
}
