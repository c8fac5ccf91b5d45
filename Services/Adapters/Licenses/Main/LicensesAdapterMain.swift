import AdapterKit
import LicensesAdapter
import ServiceRuntime

@main
enum LicensesAdapterMain {
    static func main() async {
        await ServiceMain.run(LicensesAdapter.name) { try LicensesAdapter.build($0) }
    }
}
