import Gateway
import ServiceRuntime

@main
enum GatewayMain {
    static func main() async {
        await ServiceMain.run(Gateway.name) { try Gateway.build($0) }
    }
}
