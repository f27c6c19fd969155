import MusterSpec
import Testing

/// Faults on the hosts of a lab, and the findings that have to come of them: no more and no fewer.
struct PlantedFault: Sendable, CustomTestStringConvertible {
    /// One finding that no other one explains.
    struct Expected: Sendable {
        let code: DiagnosticCode
        let nodes: [String]
        /// What the change that is proposed must speak of.
        let change: String
    }

    /// A name of `lab faults`, and the number of the host that has it.
    struct Plant: Sendable {
        let name: String
        let host: Int
    }

    let plants: [Plant]
    let expected: [Expected]
    /// Whether the file has the engine in containers.
    let inContainers: Bool

    /// The usual case: one fault on one host of four, and one finding.
    init(_ name: String, _ code: DiagnosticCode, _ change: String, on host: Int = 3, inContainers: Bool = false) {
        self.inContainers = inContainers
        plants = [Plant(name: name, host: host)]
        expected = [Expected(code: code, nodes: ["node\(host)"], change: change)]
    }

    init(plants: [Plant], expected: [Expected]) {
        self.plants = plants
        self.expected = expected
        inContainers = false
    }

    var testDescription: String {
        plants.map { "\($0.name) on node\($0.host)" }.joined(separator: ", ")
    }

    static let all =
        gpus + drivers + ports + cards + network + hosts + software + containers + model + [miscabled]
        + (LabMode.isLong ? variations : [])

    /// The case that started it all: a card under the wrong switch on one node, and five of six ports down on all.
    static let miscabled = PlantedFault(
        plants: (1...4).map { Plant(name: "ports-off", host: $0) } + [Plant(name: "nic-moved", host: 3)],
        expected: [
            Expected(
                code: .rdmaPortNotActive,
                nodes: ["node1", "node2", "node3", "node4"],
                change: "`ip link set dev ens1f1np1 up`"
            ),
            Expected(
                code: .nicUnderAnotherSwitch,
                nodes: ["node3"],
                change: "move the card to the slot that is 0000:9c:00.0 on node1"
            ),
        ]
    )
}
