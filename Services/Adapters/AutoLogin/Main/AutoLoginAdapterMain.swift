import AdapterKit
import AutoLoginAdapter
import ServiceRuntime

@main
enum AutoLoginAdapterMain {
    static func main() async {
        await ServiceMain.run(AutoLoginAdapter.name) { try AutoLoginAdapter.build($0) }
    }
}
