import Hummingbird
import Logging
import MusterAPI
import NIOCore

/// What is known of one request beside its bytes.
struct APIContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Set by the gate, before any handler runs.
    var requester: Requester?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks for a change.
    func asker() throws -> Requester {
        guard let requester else { throw Problem(.forbidden, "it is not known who asks") }
        return requester
    }

    /// A name in the path, with its characters as they were meant.
    func name(_ parameter: String) throws -> String {
        guard let name = parameters.get(parameter).flatMap(Route.decoded), !name.isEmpty else {
            throw Problem(.malformed, "`\(parameter)` in the path cannot be read")
        }
        return name
    }
}
