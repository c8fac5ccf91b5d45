import AdapterKit
import Models

/// A simulated vendor of mail and office services: for the first run, and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: OfficeToolsProvider {
    typealias Configuration = OfficeToolsDemoContract.Configuration
    static let contract = OfficeToolsDemoContract.descriptor

    static var functions: OfficeToolsFunctions<Self> {
        OfficeToolsFunctions(
            create: .init(Self.create, observe: Self.observeCreate),
            getInfo: .init(Self.getInfo),
            login: .init(Self.login),
            renew: .init(Self.renew),
            changePackage: .init(Self.changePackage),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let hostname: String
    private let vendor: Simulation
    private let actionID: ActionID?
    private let clock: any AdapterClock

    init(configuration: Configuration, context: ProviderContext) {
        hostname = configuration.hostname ?? "demo.example.com"
        vendor = Simulation(context, category: "office-tools", settings: configuration)
        actionID = context.actionID
        clock = context.clock
    }

    func testConnection() async throws(ProviderError) -> String {
        try await vendor.read("testConnection", subject: hostname) { _ in }
        return "The simulated service \(hostname) answers."
    }

    // MARK: Ordering and ending services

    func create(_ wanted: OfficeTools.CreateParameters) async throws(ProviderError) -> OfficeTools.ServiceInfo
    {
        guard wanted.seatCount > 0 else { throw Self.noSeats }
        let (actionID, now) = (actionID, clock.now)
        let service = try await vendor.change("create", subject: wanted.domain) { vendor in
            guard try vendor.serviceID(of: wanted.domain) == nil else {
                throw ProviderError(.alreadyExists, "There is a service for this domain already.")
            }
            var service = DemoService(wanted, at: now)
            service.madeBy = actionID
            try vendor.add(service)
            return service
        }
        return service.info(on: hostname)
    }

    /// A service is this action's if it carries its id, as an order reference would at a real vendor.
    func observeCreate(
        _ wanted: OfficeTools.CreateParameters
    ) async throws(ProviderError) -> Observation<OfficeTools.ServiceInfo> {
        let (actionID, hostname) = (actionID, hostname)
        return try await vendor.observe("create", subject: wanted.domain) { vendor in
            try actionID.flatMap { try vendor.service(madeBy: $0) }.map { .done($0.info(on: hostname)) }
                ?? .notDone
        }
    }

    func terminate(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.TerminateResult
    {
        try await vendor.change("terminate", subject: service.serviceID) { vendor in
            vendor.remove(try vendor.existing(service.serviceID, of: service.customerID))
        }
        return OfficeTools.TerminateResult()
    }

    func observeTerminate(
        _ service: OfficeTools.Service
    ) async throws(ProviderError) -> Observation<OfficeTools.TerminateResult> {
        try await vendor.observe("terminate", subject: service.serviceID) { vendor in
            try vendor.service(service.serviceID) == nil ? .done(OfficeTools.TerminateResult()) : .notDone
        }
    }

    // MARK: Looking things up

    func getInfo(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await vendor.read("getInfo", subject: service.serviceID) {
            try $0.existing(service.serviceID, of: service.customerID)
        }.info(on: hostname)
    }

    func login(_ wanted: OfficeTools.LoginParameters) async throws(ProviderError) -> OfficeTools.LoginResult {
        let service = try await vendor.read("login", subject: wanted.serviceID) {
            try $0.existing(wanted.serviceID, of: wanted.customerID)
        }
        guard !service.isSuspended else {
            throw ProviderError(.rejected, "Nobody can sign in while the service is suspended.")
        }
        let token = RandomText.letters(24)
        return wanted.loginType == "token"
            ? OfficeTools.LoginResult(type: "token", token: token)
            : OfficeTools.LoginResult(type: "redirect", url: "https://\(hostname)/admin/login/\(token)")
    }

    // MARK: Changing services

    /// A second run of the same action changes nothing: the service knows which action renewed it last.
    func renew(_ wanted: OfficeTools.RenewParameters) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        let (actionID, now, hostname) = (actionID, clock.now, hostname)
        let before = try await vendor.observe("renew", subject: wanted.serviceID) { vendor in
            guard let service = try vendor.service(wanted.serviceID), let actionID,
                service.renewedBy == actionID
            else { return Observation<OfficeTools.ServiceInfo>.notDone }
            return .done(service.info(on: hostname))
        }
        if case .done(let info) = before { return info }
        return try await change("renew", wanted.serviceID, wanted.customerID) { service in
            if actionID == nil || service.renewedBy != actionID {
                service.renew(wanted.billing, by: actionID, at: now)
            }
        }
    }

    func changePackage(
        _ wanted: OfficeTools.ChangePackageParameters
    ) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        guard wanted.seatCount > 0 else { throw Self.noSeats }
        return try await change("changePackage", wanted.serviceID, wanted.customerID) { service in
            service.plan = wanted.plan
            service.seatCount = wanted.seatCount
            service.expiryDate = wanted.billing.expiryDate ?? service.expiryDate
        }
    }

    func suspend(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await change("suspend", service.serviceID, service.customerID) { $0.isSuspended = true }
    }

    func unsuspend(_ service: OfficeTools.Service) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        try await change("unsuspend", service.serviceID, service.customerID) { $0.isSuspended = false }
    }

    private static let noSeats = ProviderError(.invalidInput, "A service needs at least one seat.")

    private func change(
        _ function: String, _ id: String, _ customer: String,
        _ change: @escaping @Sendable (inout DemoService) -> Void
    ) async throws(ProviderError) -> OfficeTools.ServiceInfo {
        let service = try await vendor.change(function, subject: id) { vendor in
            var service = try vendor.existing(id, of: customer)
            change(&service)
            try vendor.put(service)
            return service
        }
        return service.info(on: hostname)
    }
}

extension OfficeToolsDemoContract.Configuration: SimulatorSettings {}
