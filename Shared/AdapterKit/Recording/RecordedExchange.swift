import Foundation
import Models

/// One request and what it was answered with.
struct RecordedExchange: RecordedTraffic {
    /// The most that is kept of an exchange: 64 KiB, a quarter of it for the request.
    static let byteLimit = 64 << 10

    var request: HTTPRequest
    var answer: Result<HTTPResponse, ProviderError>
    var durationMilliseconds: Double

    /// The exchange as text, secrets removed first by name and then by value, and only then cut: a secret
    /// that a cut went through would not be known again.
    func text(_ redactor: Redactor, names: Set<String>) -> String {
        let masking = NameMasking(names: names)
        var asked = "\(request.method.rawValue) \(url(masking))\n"
        asked += masking.headers(request.headers)
        switch request.body {
        case .none: break
        case .form(let fields): asked += "\n" + PercentEncoding.form(masking.fields(fields)) + "\n"
        case .json(let value): asked += "\n" + masking.json(value).text + "\n"
        case .text(let text, _): asked += "\n" + text + "\n"
        }
        let quarter = Self.byteLimit / 4
        return Self.cut(asked, to: quarter, redactor) + "\n"
            + Self.cut(answered(masking), to: Self.byteLimit - quarter - 16, redactor) + "\n\n"
    }

    private func url(_ masking: NameMasking) -> String {
        var request = request
        request.query = masking.fields(request.query)
        return request.url
    }

    private func answered(_ masking: NameMasking) -> String {
        let duration = "(\(Int(durationMilliseconds.rounded())) ms)"
        switch answer {
        case .failure(let error):
            let problem = error.details["problem"]?.stringValue ?? error.message
            return "\(error.kind.rawValue) \(duration)\n\(problem)\n"
        case .success(let response):
            var text = "\(response.status) \(duration)\n" + masking.headers(response.headers)
            if let body = String(validating: response.body, as: UTF8.self) {
                text += "\n" + masking.text(body) + "\n"
            } else {
                text += "\n\(response.body.count) bytes that are not UTF-8\n"
            }
            return text
        }
    }

    /// What fits, without secrets.
    static func cut(_ text: String, to limit: Int, _ redactor: Redactor) -> String {
        // More than can be kept need not be searched, but for a secret that begins before the cut.
        let searched =
            text.utf8.count > limit + redactor.longestPattern
            ? String(decoding: text.utf8.prefix(limit + redactor.longestPattern), as: UTF8.self) : text
        let redacted = redactor.redact(searched)
        guard redacted.utf8.count > limit || searched.utf8.count < text.utf8.count else { return redacted }
        return String(decoding: redacted.utf8.prefix(limit), as: UTF8.self)
            + "\n… \(text.utf8.count) bytes in all\n"
    }
}
