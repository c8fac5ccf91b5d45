import AdapterKit
import Models

/// A provider of domain names.
protocol DomainsProvider: AdapterKit.Provider {
    static var functions: DomainsFunctions<Self> { get }
}

/// The functions of the domains blueprint as one provider does them, given as method references. What is left
/// out is not supported.
struct DomainsFunctions<P: AdapterKit.Provider>: Sendable {
    var poll: ProviderFunction<P, Domains.PollParameters, Domains.PollResult>?
    var domainAvailabilityCheck:
        ProviderFunction<
            P, Domains.DomainAvailabilityCheckParameters, Domains.DomainAvailabilityCheckResult
        >?
    var register: ProviderFunction<P, Domains.RegisterParameters, Domains.DomainInfo>?
    var transfer: ProviderFunction<P, Domains.TransferParameters, Domains.DomainInfo>?
    var renew: ProviderFunction<P, Domains.RenewParameters, Domains.DomainInfo>?
    var getInfo: ProviderFunction<P, Domains.DomainIdentifier, Domains.DomainInfo>?
    var updateRegistrantContact:
        ProviderFunction<
            P, Domains.UpdateRegistrantContactParameters, Domains.ChangedContact
        >?
    var updateContact: ProviderFunction<P, Domains.UpdateContactParameters, Domains.ChangedContact>?
    var updateNameservers: ProviderFunction<P, Domains.UpdateNameserversParameters, Domains.Nameservers>?
    var setLock: ProviderFunction<P, Domains.SetLockParameters, Domains.DomainInfo>?
    var setAutoRenew: ProviderFunction<P, Domains.SetAutoRenewParameters, Domains.DomainInfo>?
    var getEPPCode: ProviderFunction<P, Domains.DomainIdentifier, Domains.GetEppCodeResult>?
    var updateIPSTag: ProviderFunction<P, Domains.UpdateIpsTagParameters, Domains.UpdateIpsTagResult>?
    var getVerificationStatus:
        ProviderFunction<
            P, Domains.DomainIdentifier, Domains.GetVerificationStatusResult
        >?
    var resendVerificationEmail:
        ProviderFunction<
            P, Domains.DomainIdentifier, Domains.ResendVerificationEmailResult
        >?
    var setGlueRecord: ProviderFunction<P, Domains.SetGlueRecordParameters, Domains.GlueRecords>?
    var removeGlueRecord: ProviderFunction<P, Domains.RemoveGlueRecordParameters, Domains.GlueRecords>?
    var getStatus: ProviderFunction<P, Domains.DomainIdentifier, Domains.GetStatusResult>?

    /// The functions by their names in the blueprint.
    var table: FunctionTable<P> {
        var table = FunctionTable<P>()
        table.add("poll", poll)
        table.add("domainAvailabilityCheck", domainAvailabilityCheck)
        table.add("register", register)
        table.add("transfer", transfer)
        table.add("renew", renew)
        table.add("getInfo", getInfo)
        table.add("updateRegistrantContact", updateRegistrantContact)
        table.add("updateContact", updateContact)
        table.add("updateNameservers", updateNameservers)
        table.add("setLock", setLock)
        table.add("setAutoRenew", setAutoRenew)
        table.add("getEppCode", getEPPCode)
        table.add("updateIpsTag", updateIPSTag)
        table.add("getVerificationStatus", getVerificationStatus)
        table.add("resendVerificationEmail", resendVerificationEmail)
        table.add("setGlueRecord", setGlueRecord)
        table.add("removeGlueRecord", removeGlueRecord)
        table.add("getStatus", getStatus)
        return table
    }
}

extension RegisteredProvider {
    static func domains<P: DomainsProvider>(_ provider: P.Type) -> RegisteredProvider {
        RegisteredProvider(provider, functions: P.functions.table)
    }
}
