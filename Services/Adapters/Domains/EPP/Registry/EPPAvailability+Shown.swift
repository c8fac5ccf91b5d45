import AdapterKit
import Models

extension EPPAvailability {
    /// The answer in the words of the blueprint.
    func asked(under tld: String) -> Domains.Availability {
        let answer = isAvailable ? "available" : "not available"
        return Domains.Availability(
            domain: name, tld: tld, canRegister: isAvailable, canTransfer: !isAvailable, isPremium: false,
            description: "Domain is \(answer) to register. \(reason ?? "")")
    }
}

extension Domains.RegisterParameters {
    /// The delegation signers that `additional_fields` names under `ds_records`.
    var signers: [EPPDelegationSigner] {
        additionalFields?["ds_records"]?.arrayValue?.compactMap(EPPDelegationSigner.init) ?? []
    }
}
