package import Foundation

/// The data of a message: what a type literal stands for.
package protocol MessagePayload: Codable, Sendable {
    /// The envelope's type, as in `action.execute.v1`.
    static var messageType: String { get }
}

/// The data of a request, which is answered by a `Reply`.
package protocol BusRequest: MessagePayload {
    associatedtype Reply: Codable & Sendable
}

/// A message in CloudEvents 1.0 structured-mode JSON. Unknown members are ignored.
///
/// - SeeAlso: CloudEvents 1.0.2, section 3 (context attributes) and its JSON event format, section 3;
///   the distributed tracing extension for `traceparent`.
package struct Envelope<Payload: MessagePayload>: Sendable {
    /// Unique per source; the same on every redelivery.
    package var id: String
    /// Which service made it, as in `/orchestrator`.
    package var source: String
    package var time: Timestamp
    /// What it is about, mostly an identifier.
    package var subject: String?
    /// W3C trace context, version 00.
    package var traceparent: String?
    package var data: Payload

    package init(
        id: String = ULID.make(), source: String,
        time: Timestamp = .now, subject: String? = nil, traceparent: String? = nil, data: Payload
    ) {
        self.id = id
        self.source = source
        self.time = time
        self.subject = subject
        self.traceparent = traceparent
        self.data = data
    }

    /// The envelope as it travels.
    package func encoded() throws -> Data { try JSONEncoder().encode(self) }

    /// Reads an envelope whose type is the payload's.
    ///
    /// - Throws: `EnvelopeError`, whose message is the reason a dead letter carries.
    package init(decoding body: Data) throws(EnvelopeError) {
        do {
            self = try JSONDecoder().decode(Self.self, from: body)
        } catch let error as EnvelopeError {
            throw error
        } catch let error as DecodingError {
            throw EnvelopeError(message: EnvelopeError.reason(error))
        } catch {
            throw EnvelopeError(message: "the message could not be read")
        }
    }
}

extension Envelope: Codable {
    private enum CodingKeys: String, CodingKey {
        case specversion, id, source, type, time, subject, traceparent, datacontenttype, data
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let version = try container.decode(String.self, forKey: .specversion)
        guard version == "1.0" else {
            throw EnvelopeError(message: "specversion \(version.prefix(20)) is not 1.0")
        }
        let type = try container.decode(String.self, forKey: .type)
        guard type == Payload.messageType else {
            throw EnvelopeError(message: "the type \(type.prefix(100)) is not \(Payload.messageType)")
        }
        id = try container.decode(String.self, forKey: .id)
        guard !id.isEmpty else { throw EnvelopeError(message: "the id is empty") }
        source = try container.decode(String.self, forKey: .source)
        time = try container.decode(Timestamp.self, forKey: .time)
        subject = try container.decodeIfPresent(String.self, forKey: .subject)
        traceparent = try container.decodeIfPresent(String.self, forKey: .traceparent)
        data = try container.decode(Payload.self, forKey: .data)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode("1.0", forKey: .specversion)
        try container.encode(id, forKey: .id)
        try container.encode(source, forKey: .source)
        try container.encode(Payload.messageType, forKey: .type)
        try container.encode(time, forKey: .time)
        try container.encodeIfPresent(subject, forKey: .subject)
        try container.encodeIfPresent(traceparent, forKey: .traceparent)
        try container.encode("application/json", forKey: .datacontenttype)
        try container.encode(data, forKey: .data)
    }
}

/// A message that is no envelope of the type expected. Its text never shows a value of the data.
package struct EnvelopeError: Error, Sendable, Equatable, CustomStringConvertible {
    package let message: String
    package var description: String { message }

    static func reason(_ error: DecodingError) -> String {
        func path(_ context: DecodingError.Context) -> String {
            "/"
                + context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(
                    separator: "/")
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(path(context)) has no member \(key.stringValue)"
        case .typeMismatch(let type, let context): return "\(path(context)) is not \(jsonName(of: type))"
        case .valueNotFound(_, let context): return "\(path(context)) is null"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "the message is not JSON" : "\(path(context)) has a value that is not allowed"
        @unknown default: return "the message could not be read"
        }
    }

    /// What JSON calls a Swift type.
    private static func jsonName(of type: any Any.Type) -> String {
        switch type {
        case is String.Type: "text"
        case is Bool.Type: "true or false"
        case is Int.Type, is Int64.Type: "a whole number"
        case is Double.Type: "a number"
        case is [String: Any].Type: "an object"
        case is [Any].Type: "a list"
        default: "a \(type)"
        }
    }
}
