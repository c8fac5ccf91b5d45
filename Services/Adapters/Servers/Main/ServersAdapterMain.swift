import AdapterKit
import ServersAdapter
import ServiceRuntime

@main
enum ServersAdapterMain {
    static func main() async {
        await ServiceMain.run(ServersAdapter.name) { try ServersAdapter.build($0) }
    }
}
