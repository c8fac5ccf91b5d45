import Bus
import Models
import ServiceRuntime
import Synchronization

extension FakeOrchestrator {
    func router() -> RequestRouter {
        var router = RequestRouter(source: "/orchestrator", gate: nil) { _, _ in }
        addAccess(&router)
        addSessions(&router)
        addAccount(&router)
        addConfigurations(&router)
        addProducts(&router)
        addActions(&router)
        addOperations(&router)
        addWebhooks(&router)
        return router
    }

    private static func missing() -> RequestFailure { RequestFailure(.notFound, "There is no such thing.") }

    private func addAccess(_ router: inout RequestRouter) {
        router.on(AuthenticateToken.self) { [self] request, _ in
            try state.withLock { state in
                state.authentications += 1
                guard let principal = state.principals[request.tokenHash] else {
                    throw RequestFailure(.unauthenticated, "The token is not known.")
                }
                return principal
            }
        }
        router.on(CreateToken.self) { [self] request, _ in
            NewToken(
                token: try sealer.seal(.string("psr_fresh_token"), context: "token"),
                details: Token(
                    id: .make(), name: request.name, role: request.role, clientID: request.clientID,
                    createdAt: .now))
        }
        router.on(ListTokens.self) { _, _ in TokenList(items: []) }
        router.on(RevokeToken.self) { _, _ in NoReply() }
        router.on(CreateClient.self) { [self] request, _ in
            let client = Client(
                id: .make(), name: request.name, email: request.email, phone: request.phone,
                company: request.company, address: request.address, createdAt: .now)
            state.withLock { $0.clients[client.id] = client }
            return client
        }
        router.on(ShowClient.self) { [self] request, _ in
            guard let client = state.withLock({ $0.clients[request.id] }) else { throw Self.missing() }
            return client
        }
        router.on(ListClients.self) { [self] _, _ in
            ClientList(items: state.withLock { Array($0.clients.values) })
        }
    }

    private func addConfigurations(_ router: inout RequestRouter) {
        router.on(ListProviders.self) { _, _ in
            ProviderList(items: [
                Provider(
                    descriptor: Fixtures.descriptor,
                    instances: [
                        AdapterStatus(
                            instance: "hosting-1", category: "hosting", online: true, lastSeenAt: .now)
                    ])
            ])
        }
        router.on(CreateConfiguration.self) { [self] request, _ in
            let configuration = Configuration(
                id: .make(), category: request.category, provider: request.provider, name: request.name,
                settings: request.settings.mapValues(\.masked), createdAt: .now, updatedAt: .now)
            state.withLock { state in
                state.createdConfigurations.append(request)
                state.configurations[configuration.id] = configuration
            }
            return configuration
        }
        router.on(UpdateConfiguration.self) { [self] request, _ in
            try state.withLock { state in
                state.updatedConfigurations.append(request)
                guard let configuration = state.configurations[request.id] else { throw Self.missing() }
                return configuration
            }
        }
        router.on(ShowConfiguration.self) { [self] request, _ in
            guard let found = state.withLock({ $0.configurations[request.id] }) else { throw Self.missing() }
            return found
        }
        router.on(ListConfigurations.self) { [self] _, _ in
            ConfigurationList(items: state.withLock { Array($0.configurations.values) })
        }
        router.on(SubmitBusinessEvent.self) { [self] request, _ in
            state.withLock { $0.businessEvents.append(request) }
            return BusinessEventActions(
                id: request.id, actions: [], notDone: [NotDone(function: "suspend", reason: "It is a test.")])
        }
        router.on(ShowBusinessEvent.self) { [self] request, _ in
            let found = state.withLock { state in state.businessEvents.first { $0.id == request.id } }
            guard let found else { throw Self.missing() }
            return Self.view(found)
        }
        router.on(ListBusinessEvents.self) { [self] request, _ in
            let all = state.withLock { $0.businessEvents }
            return BusinessEventList(
                items: all.filter { [nil, $0.type].contains(request.type) }.map(Self.view))
        }
        router.on(ListNotices.self) { [self] request, _ in
            let all = state.withLock { $0.notices }
            return NoticeList(
                items: all.filter { [nil, $0.configurationID].contains(request.configurationID) })
        }
        router.on(TestConfiguration.self) { _, _ in ConnectionTest(ok: true, message: "It works.") }
    }

    private static func view(_ event: SubmitBusinessEvent) -> BusinessEvent {
        BusinessEvent(
            id: event.id, type: event.type, contractProductID: event.contractProductID, data: event.data,
            actions: [], requestedBy: event.requestedBy, receivedAt: .now)
    }

    private func addProducts(_ router: inout RequestRouter) {
        router.on(CreateContractProduct.self) { [self] request, _ in
            let product = ContractProduct(
                id: .make(), clientID: request.clientID, category: request.category,
                configurationID: request.configurationID, name: request.name, package: request.package,
                status: .pending, provisionFields: request.provisionFields ?? [:], createdAt: .now,
                updatedAt: .now)
            state.withLock { $0.products[product.id] = product }
            return product
        }
        router.on(UpdateContractProduct.self) { [self] request, _ in
            state.withLock { $0.updatedProducts.append(request) }
            guard let found = state.withLock({ $0.products[request.id] }) else { throw Self.missing() }
            return found
        }
        router.on(ShowContractProduct.self) { [self] request, _ in
            guard let found = state.withLock({ $0.products[request.id] }),
                request.clientID == nil || request.clientID == found.clientID
            else { throw Self.missing() }
            return found
        }
        router.on(ListContractProducts.self) { [self] request, _ in
            let all = state.withLock { Array($0.products.values) }
            return ContractProductList(
                items: all.filter { request.clientID == nil || request.clientID == $0.clientID })
        }
        router.on(ShowProductHistory.self) { [self] request, _ in
            guard let found = state.withLock({ $0.products[request.id] }),
                request.clientID == nil || request.clientID == found.clientID
            else { throw Self.missing() }
            return FieldChangeList(items: [])
        }
    }

    private func addActions(_ router: inout RequestRouter) {
        router.on(SubmitAction.self) { [self] request, _ in
            let (before, product) = try state.withLock { state in
                state.submitted.append(request)
                guard let product = state.products[request.contractProductID] else { throw Self.missing() }
                guard let key = request.idempotencyKey, let known = state.idempotencyKeys[key] else {
                    return (nil as Action?, product)
                }
                guard known.fingerprint == request.fingerprint else {
                    throw RequestFailure(.keyReused, "This Idempotency-Key was used for another request.")
                }
                return (state.actions[known.id], product)
            }
            if let before { return SubmittedAction(action: before, replayed: true) }
            let action = Fixtures.action(request.id, request.function, on: product)
            let onSubmit = state.withLock { state in
                state.actions[action.id] = action
                if let key = request.idempotencyKey {
                    state.idempotencyKeys[key] = (request.fingerprint, action.id)
                }
                return state.onSubmit
            }
            return SubmittedAction(action: try await onSubmit(self, action), replayed: false)
        }
        router.on(ShowAction.self) { [self] request, _ in
            guard let found = state.withLock({ $0.actions[request.id] }),
                request.clientID == nil || request.clientID == found.clientID
            else { throw Self.missing() }
            return found
        }
        router.on(ListActions.self) { [self] request, _ in
            let all = state.withLock { Array($0.actions.values) }
            return ActionList(
                items: all.filter { request.clientID == nil || request.clientID == $0.clientID })
        }
        router.on(DecideAction.self) { [self] request, _ in
            try state.withLock { state in
                state.decisions.append(request)
                guard let found = state.actions[request.id] else { throw Self.missing() }
                return found
            }
        }
    }

    private func addOperations(_ router: inout RequestRouter) {
        router.on(ListEvents.self) { [self] request, _ in
            state.withLock { state in
                let kept = state.events.filter { $0.sequence >= state.firstSequence }
                let found = kept.filter { event in
                    event.sequence > request.after
                        && (request.clientID == nil || request.clientID == event.clientID)
                }
                return EventList(
                    items: Array(found.prefix(request.limit)), lastSequence: state.events.last?.sequence ?? 0,
                    firstSequence: state.events.isEmpty ? 0 : state.firstSequence)
            }
        }
        router.on(ShowStatus.self) { _, _ in
            SystemStatus(
                categories: ["hosting"],
                adapters: [
                    AdapterStatus(instance: "hosting-1", category: "hosting", online: true, lastSeenAt: .now)
                ],
                outboxWaiting: 0, actionsByState: [:])
        }
        router.on(ShowOverview.self) { _, _ in
            Overview(
                clients: 1, contractProducts: ["active": 1], openActions: [:],
                attention: ["failed": 2, "unsure": 1000])
        }
        router.on(ListNames.self) { [self] request, _ in
            state.withLock { state in
                let products = state.products.values.map { ($0.id.rawValue, JSONValue.string($0.name)) }
                let clients = state.clients.values.map { ($0.id.rawValue, JSONValue.string($0.name)) }
                let known = Dictionary(products + clients) { first, _ in first }
                return Names(names: known.filter { request.ids.contains($0.key) })
            }
        }
        router.on(ShowStatistics.self) { _, _ in
            Statistics(since: .now, providers: [], queued: [:], outboxWaiting: 0, circuits: [])
        }
        router.on(GroupAttention.self) { _, _ in AttentionGroupList(items: []) }
        router.on(FindText.self) { [self] request, _ in
            state.withLock { state in
                SearchResults(
                    clients: state.clients.values.filter { $0.name.contains(request.text) },
                    contractProducts: state.products.values.filter { $0.name.contains(request.text) },
                    actions: [])
            }
        }
        router.on(ShowKeys.self) { request, _ in
            KeyStatus(
                keys: [],
                holders: [KeyHolder(instance: "gateway", recipient: "gateway", keys: request.gatewayKeys)],
                rewrapped: 0, rewrapping: false)
        }
        router.on(ListDeadLetters.self) { _, _ in DeadLetterList(items: []) }
        router.on(RequeueDeadLetter.self) { _, _ in throw Self.missing() }
        router.on(RevealDebugData.self) { [self] request, _ in
            DebugData(text: try sealer.seal(.string("GET / for \(request.actionID)"), context: "debug"))
        }
    }

    func logRouter() -> RequestRouter {
        var router = RequestRouter(source: "/log-collector", gate: nil) { _, _ in }
        router.on(ListLogEntries.self) { [self] request, _ in
            state.withLock { state in
                let kept = state.logEntries.filter { $0.id ?? 0 >= state.firstLogID }
                let matching = kept.filter { entry in
                    (request.clientID == nil || request.clientID == entry.clientID)
                        && (request.actionID == nil || request.actionID == entry.actionID)
                }
                let found =
                    if let after = request.after {
                        matching.filter { $0.id ?? 0 > after }
                    } else {
                        Array(matching.filter { $0.id ?? 0 < request.before ?? .max }.reversed())
                    }
                return LogList(
                    items: Array(found.prefix(min(request.limit, state.logAnswerLimit))),
                    lastID: state.logEntries.last?.id ?? 0, firstID: kept.first?.id ?? 0)
            }
        }
        return router
    }
}

extension JSONValue {
    /// What the orchestrator shows of sealed settings.
    fileprivate var masked: JSONValue {
        if case .string(let text) = self, Sealer.isSealed(text) { .string(Secret.mask) } else { self }
    }
}
