import Orchestrator
import ServiceRuntime

@main
enum OrchestratorMain {
    static func main() async {
        await ServiceMain.run(Orchestrator.name, declaresTopology: true) { try await Orchestrator.build($0) }
    }
}
