package import AdapterKit
import Foundation
import Models
package import TestSupport

/// A transport that a test answers for.
package struct StubTransport: HTTPTransport {
    package typealias Answer = @Sendable (HTTPRequest) async -> Result<HTTPResponse, ProviderError>

    /// What was sent, in order.
    package let sent = Recorder<HTTPRequest>()
    private let answer: Answer

    package init(_ answer: @escaping Answer) {
        self.answer = answer
    }

    /// Answers by path.
    package init(_ answers: [String: Result<HTTPResponse, ProviderError>]) {
        self.init { answers[$0.path] ?? .success(HTTPResponse(status: 404)) }
    }

    package func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        sent.record(request)
        switch await answer(request) {
        case .success(var response):
            response.answersChange = request.isChanging
            return response
        case .failure(let error): throw error
        }
    }

    /// The paths that were asked for, in order.
    package var paths: [String] { sent.elements.map(\.path) }
}

extension HTTPResponse {
    /// An answer of JSON text.
    package static func json(_ text: String, status: Int = 200) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: [.init("Content-Type", "application/json")], body: Data(text.utf8))
    }
}
