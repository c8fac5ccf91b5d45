package import Bus
import Crypto
import Foundation

extension Sealer {
    /// The message with this holder's signature, instead of the one that it may have: HMAC-SHA256 over where it goes, its
    /// type, its id and its body (with the time), under a key that is derived from the sealing key.
    ///
    /// - Parameter route: where it is published to; a signature is good for no other place.
    package func signed(_ message: BusMessage, for route: Route) -> BusMessage {
        let body = MessageSignature.removed(from: message.body)
        // Every envelope has members; what is none is refused by whoever reads it.
        guard body.count > 2, body.first == UInt8(ascii: "{") else { return message }
        var signed = message
        let code = current.code(of: message, body: body.dropFirst(), for: route)
        signed.body = MessageSignature(keyID: current.id, code: Array(code)).added(to: body)
        return signed
    }

    /// Checks that a message was signed by a holder of this key, for this route. Takes the same time whatever the code.
    ///
    /// - Throws: `missing`, `unknownKey`, or `forged` where it was signed for another route, or was changed.
    package func verify(_ message: BusMessage, for route: Route) throws(SignatureError) {
        guard let signature = MessageSignature(of: message.body) else { throw .missing }
        guard let key = key(signature.keyID) else { throw .unknownKey(signature.keyID) }
        let rest = message.body.dropFirst(signature.length)
        guard key.code(of: message, body: rest, for: route) == signature.code else { throw .forged }
    }

    /// What the gateway, whose sealer this is, signs its requests to the log collector with. That one knows this key, and
    /// not the gateway's.
    package var forLogCollector: Sealer {
        Sealer(
            DerivedKeys(look: { [keys] in $0 ? keys.ringAnew() : keys.ring }) {
                KeyRing($0.current.forLogCollector, others: $0.known.values.map(\.forLogCollector))
            })
    }
}

extension SealingKey {
    private static let label = "purser/v1/signature"

    /// The key that messages are signed with.
    ///
    /// - SeeAlso: RFC 5869.
    static func signingKey(from key: SymmetricKey) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Data(label.utf8), outputByteCount: MasterKey.byteCount)
    }

    /// The key that a log collector gets, derived from the gateway's, which this is.
    var forLogCollector: SealingKey {
        SealingKey(
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: key, info: Data("purser/v1/\(SealingRecipient.logCollector.name)".utf8),
                outputByteCount: MasterKey.byteCount))
    }

    /// The code of a message. Each field stands behind its length, so that none can be read as part of another.
    ///
    /// - Parameter body: the envelope without its brace and its signature.
    fileprivate func code(of message: BusMessage, body: Data, for route: Route) -> HMAC<SHA256>.MAC {
        var head: [UInt8] = []
        head.reserveCapacity(256)
        for field in [Self.label, route.exchange.name, route.routingKey, message.type, message.id] {
            head.append(contentsOf: "\(field.utf8.count):".utf8)
            head.append(contentsOf: field.utf8)
        }
        var code = HMAC<SHA256>(key: signing)
        code.update(data: head)
        code.update(data: body)
        return code.finalize()
    }
}
