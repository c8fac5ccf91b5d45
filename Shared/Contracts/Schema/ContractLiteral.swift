import Foundation

/// Decodes a contract that the generator wrote into the code.
///
/// The generator encodes it from the same types, so a failure means that the two were built from different sources:
/// the process ends and says which type.
package func contractLiteral<Contract: Decodable>(_ json: String, as type: Contract.Type = Contract.self)
    -> Contract
{
    do {
        return try JSONDecoder().decode(type, from: Data(json.utf8))
    } catch {
        preconditionFailure("the generated contract is not a \(type): \(error)")
    }
}
