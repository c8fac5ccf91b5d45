package import AdapterKit
package import Models

/// The adapter of domain names and its providers.
package enum DomainsAdapter: CategoryAdapter {
    package static let blueprint = Domains.blueprint

    package static let providers: [RegisteredProvider] = [
        .domains(DemoProvider.self),
        .domains(NominetProvider.self),
        .domains(CoCCAProvider.self),
        .domains(NIRAProvider.self),
        .domains(RICTAProvider.self),
        .domains(CentralNicProvider.self),
        .domains(EURidProvider.self),
        .domains(LogicBoxesProvider<LogicBoxes>.self),
        .domains(LogicBoxesProvider<ResellerClub>.self),
        .domains(LogicBoxesProvider<NetEarthOne>.self),
        .domains(LogicBoxesProvider<ResellBiz>.self),
        .domains(NamecheapProvider.self),
        .domains(OpenSRSProvider<OpenSRS>.self),
        .domains(OpenSRSProvider<HRS>.self),
    ]
}
