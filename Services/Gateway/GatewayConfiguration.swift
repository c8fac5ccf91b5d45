package import ServiceRuntime

/// What a gateway is told from outside, besides what every service is told.
///
/// - `PURSER_EXPECTED_CATEGORIES`: categories, separated by commas, without whose adapters the gateway is not ready;
///   none.
package struct GatewayConfiguration: Sendable {
    /// The address that it listens at.
    package var host: String
    /// Its port; 0 takes any free one.
    package var port: Int
    /// Seals towards the orchestrator, and opens what comes from there.
    package var sealingKey: SealingKey
    /// Categories without whose adapters it is not ready.
    package var expectedCategories: [String]

    package init(host: String = "127.0.0.1", port: Int = 8080, sealingKey: SealingKey, expectedCategories: [String] = []) {
        self.host = host
        self.port = port
        self.sealingKey = sealingKey
        self.expectedCategories = expectedCategories
    }
}
