import Bus
import Orchestrator
import ServiceRuntime

@main
enum OrchestratorMain {
    static func main() async {
        await ServiceMain.run(Orchestrator.name, makeBus: BusFactory.make) { try await Orchestrator.build($0) }
    }
}
