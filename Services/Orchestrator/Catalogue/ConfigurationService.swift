import Bus
import Foundation
package import Models
import ServiceRuntime

/// Configurations: accounts at providers.
package struct ConfigurationService: Sendable {
    /// How long a connection test may take.
    private static let testTimeout: Duration = .seconds(30)
    /// What the gateway seals settings for: the record has no id yet.
    private static let gatewayContext = "configuration/settings"

    let store: Store
    let catalogue: Catalogue
    let secrets: SecretKeeper
    let bus: any MessageBus
    let actions: ActionService
    let now: @Sendable () -> Timestamp

    package func create(_ request: CreateConfiguration) async throws -> Configuration {
        let now = now()
        guard let descriptor = catalogue.provider(request.provider, of: request.category) else {
            throw Self.invalid(
                "/provider",
                "no adapter of \(request.category.prefix(40)) has a provider \(request.provider.prefix(100))")
        }
        let id = ConfigurationID.make(at: now)
        let record = ConfigurationRecord(
            id: id, category: request.category, provider: request.provider, name: request.name,
            settings: try checked(request.settings, before: [:], descriptor: descriptor, id: id), version: 1,
            createdAt: now, updatedAt: now, maxConcurrent: Self.limit(request.maxConcurrent))
        try await store.write { try $0.insert(record) }
        return view(record, poll: nil, circuit: Circuit())
    }

    /// Changes a configuration. Its circuit closes: what has failed may be mended.
    package func update(_ request: UpdateConfiguration) async throws -> Configuration {
        let now = now()
        let (changed, news): (Configuration, ActionNews) = try await store.write { transaction in
            var record = try configuration(request.id, in: transaction)
            if let settings = request.settings {
                let descriptor = try descriptor(of: record)
                record.settings = try checked(
                    settings, before: record.settings, descriptor: descriptor, id: record.id)
            }
            record.name = request.name ?? record.name
            if let limit = request.maxConcurrent { record.maxConcurrent = Self.limit(limit) }
            record.version += 1
            record.updatedAt = now
            try transaction.update(record)
            let news = try actions.resume(record.id, in: transaction, now: now)
            return (try view(record, in: transaction), news)
        }
        actions.logDispatches(in: news)
        actions.tell(news)
        return changed
    }

    package func show(_ request: ShowConfiguration) async throws -> Configuration {
        try await store.read { try view(try configuration(request.id, in: $0), in: $0) }
    }

    package func list(_ request: ListConfigurations) async throws -> ConfigurationList {
        let limit = request.page.boundedLimit
        return try await store.read { transaction in
            let records = try transaction.configurations(
                category: request.category, before: request.page.cursor, limit: limit + 1)
            return ConfigurationList(
                items: try records.prefix(limit).map { try view($0, in: transaction) },
                nextCursor: records.count > limit ? records[limit - 1].id.rawValue : nil)
        }
    }

    /// Asks an adapter to try the configuration at the provider. Where that works, its circuit closes.
    package func test(_ request: TestConfiguration) async throws -> ConnectionTest {
        let (record, configuration) = try await attemptConfiguration(request.id)
        let test = TestProvider(provider: record.provider, configuration: configuration)
        let result = try await bus.send(
            test, to: .adapterRequests(category: record.category), source: Orchestrator.source,
            signer: secrets.category(record.category), timeout: Self.testTimeout)
        if result.ok {
            let now = now()
            let news = try await store.write { try actions.resume(record.id, in: $0, now: now) }
            actions.logDispatches(in: news)
            actions.tell(news)
        }
        return result
    }

    /// A configuration, and the form of it that its adapter gets.
    ///
    /// - Throws: `RequestFailure`: `notFound`, or `unavailable` where no adapter has announced its provider.
    func attemptConfiguration(
        _ id: ConfigurationID
    ) async throws -> (record: ConfigurationRecord, configuration: AttemptConfiguration) {
        let record = try await store.read { try configuration(id, in: $0) }
        let descriptor = try descriptor(of: record)
        let context = "\(record.id)/settings"
        let settings = try secrets.move(
            record.settings, fields: descriptor.configuration, from: .init(secrets.storage, context),
            to: .init(secrets.category(record.category), context))
        return (record, AttemptConfiguration(id: record.id, version: record.version, settings: settings))
    }

    // MARK: Parts

    /// The settings as they are stored: merged with those before, checked against the provider's contract, and with
    /// their secrets sealed for storage.
    private func checked(
        _ settings: [String: JSONValue], before: [String: JSONValue], descriptor: ProviderDescriptor,
        id: ConfigurationID
    ) throws -> [String: JSONValue] {
        let fields = descriptor.configuration
        let context = "\(id)/settings"
        let given = try secrets.open(
            sent: settings, fields: fields, context: Self.gatewayContext)
        let kept = try secrets.storage.open(secretsOf: before, fields: fields, context: context)
        let merged = kept.merging(given) { _, new in new }.filter { $0.value != .null }
        let problems = fields.problems(in: merged, at: "/settings")
        guard problems.isEmpty else {
            throw RequestFailure(.invalid, "The settings are not as they should be.", problems: problems)
        }
        return try secrets.storage.seal(secretsOf: merged, fields: fields, context: context)
    }

    private func configuration(_ id: ConfigurationID, in transaction: Transaction) throws
        -> ConfigurationRecord
    {
        guard let record = try transaction.configuration(id) else {
            throw RequestFailure(.notFound, "There is no such configuration.")
        }
        return record
    }

    private func descriptor(of record: ConfigurationRecord) throws -> ProviderDescriptor {
        guard let descriptor = catalogue.provider(record.provider, of: record.category) else {
            throw RequestFailure(
                .unavailable,
                "No \(record.category) adapter has announced \(record.provider) yet. Try again shortly.")
        }
        return descriptor
    }

    /// One configuration, within a transaction of others.
    func shown(_ id: ConfigurationID, in transaction: Transaction) throws -> Configuration {
        try view(try configuration(id, in: transaction), in: transaction)
    }

    private func view(_ record: ConfigurationRecord, in transaction: Transaction) throws -> Configuration {
        view(
            record, poll: try transaction.lastPoll(of: record.id),
            circuit: try transaction.circuit(of: record.id))
    }

    private func view(_ record: ConfigurationRecord, poll: PollRecord?, circuit: Circuit) -> Configuration {
        Configuration(
            id: record.id, category: record.category, provider: record.provider, name: record.name,
            settings: record.settings.mapValues(\.maskingSealed), polledAt: poll?.endedAt,
            pollError: poll?.error, maxConcurrent: catalogue.concurrency(of: record),
            circuit: CircuitState(circuit.state), circuitUntil: circuit.until,
            circuitReason: circuit.state == .closed ? nil : circuit.reason, createdAt: record.createdAt,
            updatedAt: record.updatedAt)
    }

    /// What was asked for as a limit: 0 is what the provider's contract says.
    private static func limit(_ given: Int?) -> Int? {
        given.flatMap { $0 == 0 ? nil : $0 }
    }

    private static func invalid(_ pointer: String, _ detail: String) -> RequestFailure {
        RequestFailure(
            .invalid, "The configuration is not as it should be.",
            problems: [FieldProblem(pointer: pointer, detail: detail)])
    }
}
