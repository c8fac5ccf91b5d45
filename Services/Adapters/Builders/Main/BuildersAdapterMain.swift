import AdapterKit
import BuildersAdapter
import ServiceRuntime

@main
enum BuildersAdapterMain {
    static func main() async {
        await ServiceMain.run(BuildersAdapter.name) { try BuildersAdapter.build($0) }
    }
}
