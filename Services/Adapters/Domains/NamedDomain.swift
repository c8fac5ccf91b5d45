import Models

/// What names a domain in parts, as all parameters of domain functions do.
protocol NamedDomain {
    var sld: String { get }
    var tld: String { get }
}

extension NamedDomain {
    /// The whole name in its ASCII form and in lower case, as registries take it: `xn--bcher-kva.example`.
    var domainName: String { asciiForm("\(sld).\(tld)") }
    /// The ending, without a dot before it.
    var ending: String { asciiForm(tld) }

    private func asciiForm(_ name: String) -> String {
        InternationalName.ascii(name) ?? name.lowercased()
    }
}

extension Domains.DomainIdentifier: NamedDomain {}
extension Domains.RegisterParameters: NamedDomain {}
extension Domains.TransferParameters: NamedDomain {}
extension Domains.RenewParameters: NamedDomain {}
extension Domains.UpdateRegistrantContactParameters: NamedDomain {}
extension Domains.UpdateContactParameters: NamedDomain {}
extension Domains.UpdateNameserversParameters: NamedDomain {}
extension Domains.SetLockParameters: NamedDomain {}
extension Domains.SetAutoRenewParameters: NamedDomain {}
extension Domains.UpdateIpsTagParameters: NamedDomain {}
extension Domains.SetGlueRecordParameters: NamedDomain {}
extension Domains.RemoveGlueRecordParameters: NamedDomain {}
