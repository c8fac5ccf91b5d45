package import Foundation
package import Models

/// The answer of a third party, whole.
package struct HTTPResponse: Sendable, Equatable {
    package var status: Int
    package var headers: [HTTPRequest.Field]
    package var body: Data
    /// Whether the request that it answers could change something.
    package var answersChange: Bool

    package init(
        status: Int, headers: [HTTPRequest.Field] = [], body: Data = Data(), answersChange: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.answersChange = answersChange
    }

    /// The first header of that name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text.
    ///
    /// - Throws: `providerUnavailable` where it is not UTF-8.
    package func text() throws(ProviderError) -> String {
        guard let text = String(validating: body, as: UTF8.self) else { throw unreadable("is not UTF-8") }
        return text
    }

    /// The body as JSON, whatever the content type says: many third parties send JSON as text.
    ///
    /// - Throws: `providerUnavailable` where it is an HTML page, cut off, or otherwise no JSON. The request
    ///   may then have been carried out.
    package func json() throws(ProviderError) -> JSONValue {
        let text = try text()
        do throws(JSONParsingError) {
            // Much faster than Foundation's reader at what is made to be slow, and with an end to its depth.
            return try JSONText.parse(text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch {
            let isMarkup = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.first == "<"
            throw unreadable(isMarkup ? "is an HTML page instead of JSON" : "is no JSON, or cut off")
        }
    }

    /// The body as XML, whatever the content type says.
    ///
    /// - Throws: `providerUnavailable` where it is no XML, cut off, or declares entities. The request may then
    ///   have been carried out.
    package func xml() throws(ProviderError) -> XMLValue {
        do throws(XMLValue.ReadingError) {
            return try XMLValue(document: body)
        } catch {
            throw unreadable(error.problem)
        }
    }

    /// The body as a typed value.
    package func json<Value: Decodable>(as type: Value.Type) throws(ProviderError) -> Value {
        try decode(type, from: try json())
    }

    /// A part of the body as a typed value.
    package func decode<Value: Decodable>(_ type: Value.Type, from value: JSONValue) throws(ProviderError)
        -> Value
    {
        do {
            return try JSONValueDecoder.decode(type, from: value)
        } catch {
            throw unreadable(
                "has another shape than its documentation says: \(JSONValueDecoder.reason(error))")
        }
    }

    /// What an answer that cannot be understood is to whoever asked.
    package func unreadable(_ problem: String) -> ProviderError {
        ProviderError(
            .providerUnavailable,
            details: ["problem": .string("The answer \(problem)."), "status": .integer(status)],
            mayHaveTakenEffect: answersChange)
    }
}
