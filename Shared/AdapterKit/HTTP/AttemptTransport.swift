import Logging
import Metrics
import Models
import ServiceRuntime

/// The transport that an attempt lends to its provider: holds the time limit of each call, records the
/// exchange, and writes a log line about it.
struct AttemptTransport: HTTPTransport {
    let network: any HTTPTransport
    let deadlines: Deadlines
    let clock: any AdapterClock
    let record: AttemptRecord
    let secrets: SecretValues
    let logger: Logger
    let category: String
    let provider: String
    /// What the attempt belongs to; each call is a step of its own, told to the third party in `traceparent`.
    let trace: TraceContext?

    func send(_ request: HTTPRequest) async throws(ProviderError) -> HTTPResponse {
        var request = request
        if let trace { request.headers.append(.init("traceparent", trace.child().traceparent)) }
        record.begin(isChanging: request.isChanging)
        let begun = clock.uptime
        let answer = await limited(request)
        let duration = clock.uptime - begun
        let milliseconds = duration / .milliseconds(1)
        record.add(RecordedExchange(request: request, answer: answer, durationMilliseconds: milliseconds))
        log(request, answer, milliseconds)
        Timer(.providerCallDuration, [("category", category), ("provider", provider)]).record(
            duration: duration)
        return try answer.get()
    }

    private func limited(_ request: HTTPRequest) async -> Result<HTTPResponse, ProviderError> {
        let network = network
        let (answer, ranOut) = await deadlines.limit(request.timeLimit) {
            () -> Result<HTTPResponse, ProviderError> in
            do throws(ProviderError) {
                return .success(try await network.send(request))
            } catch {
                return .failure(error)
            }
        }
        guard let answer else {
            return .failure(ProviderError(.internal, mayHaveTakenEffect: request.isChanging))
        }
        guard ranOut, case .failure(var error) = answer else { return answer }
        error.kind = .timedOut
        error.message = ErrorKind.timedOut.customerMessage
        return .failure(error)
    }

    private func log(
        _ request: HTTPRequest, _ answer: Result<HTTPResponse, ProviderError>, _ milliseconds: Double
    ) {
        var metadata: Logger.Metadata = [
            LogKey.httpMethod: "\(request.method.rawValue)", LogKey.host: "\(request.host)",
            LogKey.httpPath: "\(secrets.redactor.redact(request.path))",
            LogKey.durationMilliseconds: "\((milliseconds * 10).rounded() / 10)",
        ]
        switch answer {
        case .success(let response): metadata[LogKey.httpStatus] = "\(response.status)"
        case .failure(let error): metadata[LogKey.errorKind] = "\(error.kind.rawValue)"
        }
        logger.info("Called provider", metadata: metadata)
    }
}
