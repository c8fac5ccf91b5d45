import AdapterKit
import Models

/// A simulated vendor of licences: for the first run, and for tests end to end.
///
/// - SeeAlso: `Simulator` for what it keeps and how it misbehaves.
struct DemoProvider: LicensesProvider {
    typealias Configuration = LicensesDemoContract.Configuration
    static let contract = LicensesDemoContract.descriptor

    static var functions: LicensesFunctions<Self> {
        LicensesFunctions(
            getUsageData: .init(Self.getUsageData),
            create: .init(Self.create, observe: Self.observeCreate),
            renew: .init(Self.renew, observe: Self.observeRenew),
            changePackage: .init(Self.changePackage),
            reissue: .init(Self.reissue, observe: Self.observeReissue),
            suspend: .init(Self.suspend),
            unsuspend: .init(Self.unsuspend),
            terminate: .init(Self.terminate, observe: Self.observeTerminate))
    }

    private let vendor: Simulation
    private let actionID: ActionID?

    init(configuration: Configuration, context: ProviderContext) {
        vendor = Simulation(context, category: "licenses", settings: configuration)
        actionID = context.actionID
    }

    func testConnection() async throws(ProviderError) -> String {
        try await vendor.read("testConnection", subject: "vendor") { _ in }
        return "The simulated vendor of licences answers."
    }

    // MARK: Issuing and ending licences

    func create(_ wanted: Licenses.CreateParameters) async throws(ProviderError) -> Licenses.CreateResult {
        let actionID = actionID
        let license = try await vendor.change("create", subject: wanted.customerEmail) { vendor in
            let license = DemoLicense(wanted, madeBy: actionID)
            try vendor.put(license)
            return license
        }
        return license.created
    }

    /// A licence is this action's if it carries its id, as a reference would be at a real vendor.
    func observeCreate(
        _ wanted: Licenses.CreateParameters
    ) async throws(ProviderError) -> Observation<Licenses.CreateResult> {
        let actionID = actionID
        return try await vendor.observe("create", subject: wanted.customerEmail) { vendor in
            try actionID.flatMap { try vendor.license(madeBy: $0) }.map { .done($0.created) } ?? .notDone
        }
    }

    func terminate(_ license: Licenses.License) async throws(ProviderError) -> Licenses.TerminateResult {
        let key = try license.licenseKey.licenseKey()
        try await vendor.change("terminate", subject: DemoLicense.subject(of: key)) { vendor in
            vendor.remove(try vendor.existing(key))
        }
        return Licenses.TerminateResult()
    }

    func observeTerminate(
        _ license: Licenses.License
    ) async throws(ProviderError) -> Observation<Licenses.TerminateResult> {
        let key = try license.licenseKey.licenseKey()
        return try await vendor.observe("terminate", subject: DemoLicense.subject(of: key)) { vendor in
            try vendor.license(key) == nil ? .done(Licenses.TerminateResult()) : .notDone
        }
    }

    // MARK: Looking things up

    func getUsageData(_ license: Licenses.License) async throws(ProviderError) -> Licenses.GetUsageDataResult
    {
        let key = try license.licenseKey.licenseKey()
        let found = try await vendor.read("getUsageData", subject: DemoLicense.subject(of: key)) {
            try $0.existing(key)
        }
        return Licenses.GetUsageDataResult(unitsConsumed: DemoLicense.usedSeats, usageData: found.facts)
    }

    // MARK: Renewing and reissuing

    func renew(_ wanted: Licenses.RenewParameters) async throws(ProviderError) -> Licenses.RenewResult {
        let actionID = actionID
        let license = try await change("renew", wanted.licenseKey) { vendor, license in
            license.paidMonths += max(1, wanted.billingCycleMonths ?? 1)
            try vendor.note(actionID, touched: license)
        }
        return Licenses.RenewResult(packageIdentifier: license.package)
    }

    /// A licence was renewed by this action if the action is noted with it.
    func observeRenew(
        _ wanted: Licenses.RenewParameters
    ) async throws(ProviderError) -> Observation<Licenses.RenewResult> {
        let actionID = actionID
        return try await vendor.observe(
            "renew", subject: DemoLicense.subject(of: try wanted.licenseKey.licenseKey())
        ) { vendor in
            try actionID.flatMap { try vendor.license(touchedBy: $0) }
                .map { .done(Licenses.RenewResult(packageIdentifier: $0.package)) } ?? .notDone
        }
    }

    /// Replaces the key and frees the licence from its server.
    func reissue(_ license: Licenses.License) async throws(ProviderError) -> Licenses.ReissueResult {
        let actionID = actionID
        let reissued = try await change("reissue", license.licenseKey) { vendor, license in
            vendor.remove(license)
            license.key = DemoLicense.newKey()
            license.ip = nil
            try vendor.note(actionID, touched: license)
        }
        return Licenses.ReissueResult(licenseKey: .string(reissued.key))
    }

    func observeReissue(
        _ license: Licenses.License
    ) async throws(ProviderError) -> Observation<Licenses.ReissueResult> {
        let actionID = actionID
        return try await vendor.observe(
            "reissue", subject: DemoLicense.subject(of: try license.licenseKey.licenseKey())
        ) { vendor in
            try actionID.flatMap { try vendor.license(touchedBy: $0) }
                .map { .done(Licenses.ReissueResult(licenseKey: .string($0.key))) } ?? .notDone
        }
    }

    // MARK: Changing licences

    func changePackage(
        _ wanted: Licenses.ChangePackageParameters
    ) async throws(ProviderError) -> Licenses.ChangePackageResult {
        let license = try await change("changePackage", wanted.licenseKey) { _, license in
            license.package = wanted.packageIdentifier ?? license.package
        }
        return Licenses.ChangePackageResult(packageIdentifier: license.package)
    }

    func suspend(_ license: Licenses.License) async throws(ProviderError) -> Licenses.SuspendResult {
        _ = try await change("suspend", license.licenseKey) { $1.isSuspended = true }
        return Licenses.SuspendResult()
    }

    func unsuspend(_ license: Licenses.License) async throws(ProviderError) -> Licenses.UnsuspendResult {
        _ = try await change("unsuspend", license.licenseKey) { $1.isSuspended = false }
        return Licenses.UnsuspendResult()
    }

    private func change(
        _ function: String, _ licenseKey: JSONValue,
        _ change: @escaping @Sendable (SimulatorTransaction, inout DemoLicense) throws -> Void
    ) async throws(ProviderError) -> DemoLicense {
        let key = try licenseKey.licenseKey()
        return try await vendor.change(function, subject: DemoLicense.subject(of: key)) { vendor in
            var license = try vendor.existing(key)
            try change(vendor, &license)
            try vendor.put(license)
            return license
        }
    }
}

extension DemoLicense {
    fileprivate var created: Licenses.CreateResult {
        Licenses.CreateResult(
            licenseKey: key, serviceIdentifier: serviceID, packageIdentifier: package,
            customerIdentifier: customerID)
    }
}

extension LicensesDemoContract.Configuration: SimulatorSettings {}
