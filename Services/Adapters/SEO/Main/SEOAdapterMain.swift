import AdapterKit
import SEOAdapter
import ServiceRuntime

@main
enum SEOAdapterMain {
    static func main() async {
        await ServiceMain.run(SEOAdapter.name) { try SEOAdapter.build($0) }
    }
}
