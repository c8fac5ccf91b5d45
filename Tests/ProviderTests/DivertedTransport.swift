import AdapterKit

/// Sends every request over the real network to a server of the test's, whatever host it is meant for.
struct DivertedTransport: HTTPTransport {
    let network: HTTPClientTransport
    let port: Int
    let usesTLS: Bool

    func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        var diverted = request
        diverted.scheme = usesTLS ? "https" : "http"
        diverted.host = "localhost"
        diverted.port = port
        // What a configuration may turn off is not what is tested here.
        diverted.tls = HTTPRequest.TLS()
        return try await network.send(diverted)
    }
}
