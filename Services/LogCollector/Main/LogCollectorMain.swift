import LogCollector
import ServiceRuntime

@main
enum LogCollectorMain {
    static func main() async {
        await ServiceMain.run(LogCollector.name) { try LogCollector.build($0) }
    }
}
