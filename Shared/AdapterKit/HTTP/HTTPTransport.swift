/// Sends requests to third parties. The seam between providers and the network.
package protocol HTTPTransport: Sendable {
    /// Sends one request and returns the whole answer, whatever its status.
    ///
    /// - Throws: `providerUnavailable` where no connection came about (nothing was sent) or it was lost or
    ///   the answer is too large, `timedOut` where no answer came within the request's limit.
    ///   `mayHaveTakenEffect` is set where a changing request had left.
    func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse
}
