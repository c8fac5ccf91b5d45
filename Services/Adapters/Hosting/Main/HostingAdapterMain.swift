import AdapterKit
import HostingAdapter
import ServiceRuntime

@main
enum HostingAdapterMain {
    static func main() async {
        await ServiceMain.run(HostingAdapter.name) { try HostingAdapter.build($0) }
    }
}
