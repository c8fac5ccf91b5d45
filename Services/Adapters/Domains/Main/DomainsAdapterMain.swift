import AdapterKit
import DomainsAdapter
import ServiceRuntime

@main
enum DomainsAdapterMain {
    static func main() async {
        await ServiceMain.run(DomainsAdapter.name) { try DomainsAdapter.build($0) }
    }
}
