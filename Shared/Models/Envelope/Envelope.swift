package import Foundation

/// The data of a message: what a type literal stands for.
package protocol MessagePayload: JSONConvertible, Sendable {
    /// The envelope's type, as in `action.execute.v1`.
    static var messageType: String { get }
}

/// The data of a request, which is answered by a `Reply`.
package protocol BusRequest: MessagePayload {
    associatedtype Reply: JSONConvertible & Sendable
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
    package func encoded() -> Data { Data(JSONText.bytes(self)) }

    /// Reads an envelope whose type is the payload's.
    ///
    /// - Throws: `EnvelopeError`, whose message is the reason a dead letter carries.
    package init(decoding body: Data) throws(EnvelopeError) {
        let value: JSONValue
        do {
            value = try JSONText.parse(body)
        } catch {
            throw EnvelopeError(message: "the message is not JSON: \(error.message)")
        }
        do {
            try self.init(json: value)
        } catch {
            throw EnvelopeError(error)
        }
    }
}

extension Envelope: JSONConvertible {
    package init(json value: JSONValue) throws(JSONShapeError) {
        let members = try JSONMembers(value)
        let version: String = try members.required("specversion")
        guard version == "1.0" else { throw JSONShapeError("specversion \(version.prefix(20)) is not 1.0") }
        let type: String = try members.required("type")
        guard type == Payload.messageType else {
            throw JSONShapeError("the type \(type.prefix(100)) is not \(Payload.messageType)")
        }
        id = try members.required("id")
        guard !id.isEmpty else { throw JSONShapeError("the id is empty") }
        source = try members.required("source")
        time = try members.required("time")
        subject = try members.optional("subject")
        traceparent = try members.optional("traceparent")
        data = try members.required("data")
    }

    package func write(to bytes: inout [UInt8]) {
        bytes.append(literal: #"{"specversion":"1.0""#)
        id.writeMember(#""id":"#, to: &bytes)
        source.writeMember(#""source":"#, to: &bytes)
        Payload.messageType.writeMember(#""type":"#, to: &bytes)
        time.writeMember(#""time":"#, to: &bytes)
        subject.writeMember(#""subject":"#, to: &bytes)
        traceparent.writeMember(#""traceparent":"#, to: &bytes)
        bytes.append(literal: #","datacontenttype":"application/json""#)
        data.writeMember(#""data":"#, to: &bytes)
        bytes.append(UInt8(ascii: "}"))
    }
}

/// A message that is no envelope of the type expected. Its text never shows a value of the data.
package struct EnvelopeError: Error, Sendable, Equatable, CustomStringConvertible {
    package let message: String
    package var description: String { message }

    init(_ error: JSONShapeError) {
        // What is wrong with the envelope itself is a sentence of its own.
        let isSentence = error.pointer.isEmpty && !error.reason.hasPrefix("has no") && !error.reason.hasPrefix("is ")
        let place = error.pointer.isEmpty ? "/" : error.pointer
        message = isSentence ? error.reason : "\(place) \(error.reason)"
    }

    init(message: String) {
        self.message = message
    }
}
