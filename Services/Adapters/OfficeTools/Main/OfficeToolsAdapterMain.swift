import AdapterKit
import OfficeToolsAdapter
import ServiceRuntime

@main
enum OfficeToolsAdapterMain {
    static func main() async {
        await ServiceMain.run(OfficeToolsAdapter.name) { try OfficeToolsAdapter.build($0) }
    }
}
