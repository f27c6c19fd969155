import Foundation

/// A cluster file for hosts of a lab, as a person would write it.
struct ClusterText: Sendable {
    enum Engine: String, Sendable { case sglang, vllm }

    var name = "lab"
    var engine = Engine.sglang
    var hosts: [LabHost]
    var gpus = 2
    /// How many gangs the hosts are.
    var replicas = 1
    /// A host name instead of the address, by host number.
    var hostNames: [Int: String] = [:]
    var environment = ["STANDIN_SPEED": "0.2"]
    /// Lines of `args`, as YAML.
    var arguments = ["trust-remote-code: true"]
    var model: String?
    var knownHosts: String?
    var startupTimeout = "90s"
    /// Further limits, as YAML behind the startup timeout.
    var health: String?
    /// Hosts that stand by.
    var spares: [LabHost] = []
    /// Further lines of the file, as YAML.
    var more: [String] = []

    func text(_ lab: Lab) -> String {
        let isShared = lab[1].mode == .loopback
        let entries = (hosts + spares).map { host in
            let own = isShared ? ", ssh: {port: \(host.port)}" : ""
            let reached = hostNames[host.number] ?? host.address
            return "  - {name: \(host.name), host: \(reached), address: \(host.address)\(own)}"
        }
        let nodes = entries.prefix(hosts.count)
        let standby = spares.isEmpty ? [] : ["spares:"] + entries.dropFirst(hosts.count)
        let variables = environment.sorted { $0.key < $1.key }.map { "  \($0.key): \(Self.quote($0.value))" }
        let model = model ?? (isShared ? lab[1].directory + "/models/standin" : "/models/standin")
        let version = engine == .sglang ? "0.5.9" : "0.32.0"
        let lines =
            [
                "name: \(name)",
                "engine: {kind: \(engine.rawValue), version: \(version)}",
                "model: \(Self.quote(model))",
                "tcp_iface: \(isShared ? "lo" : "bond0")",
                "rdma_gid_index: 3",
                "tp_size: \(hosts.count / replicas * gpus)",
                "replicas: \(replicas)",
                "gpus_per_node: \(gpus)",
                "ssh:",
                "  user: \(NSUserName())",
                "  identity: \(lab.identity)",
                "  known_hosts: \(knownHosts ?? lab.knownHosts)",
                "  connect_timeout: 4s",
                "ports: {http: 8000, rendezvous: \(engine == .sglang ? 5000 : 29501)}",
                "health: {startup_timeout: \(startupTimeout)\(health.map { ", \($0)" } ?? "")}",
                "env:",
            ] + variables + ["args:"] + arguments.map { "  " + $0 } + more + ["nodes:"] + nodes + standby
        return lines.joined(separator: "\n") + "\n"
    }

    /// A double-quoted YAML scalar.
    static func quote(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"")
            .replacingOccurrences(of: "\n", with: "\\n").replacingOccurrences(of: "\t", with: "\\t")
        return "\"\(escaped)\""
    }
}
