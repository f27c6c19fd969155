import Foundation
import MusterDoctor
import MusterSpec
import MusterTesting
import Testing

/// Outputs that real machines printed, where they lie beside the checkout. They are not part of it.
@Suite("Recorded outputs")
struct RecordedOutputTests {
    private static let folder = Repository.root.appending(path: "../shared/fixtures/hardware")
    private static let areThere = FileManager.default.fileExists(atPath: folder.path)

    /// Files that must end in a damage, and its reason; every other file must be read.
    private static let damaged: [String: Damage.Reason] = [
        // Cells or headings run together at the edge of a terminal.
        "topo/01": .malformed, "topo/03": .malformed, "topo/04": .malformed, "topo/05": .malformed,
        "topo/06": .malformed, "topo/07": .malformed, "topo/12": .malformed, "topo/18": .malformed,
        "topo/23": .malformed,
        // A table of AMD cards.
        "topo/22": .foreign,
        // The head with the device's name is cut off.
        "ibv_devinfo/07": .malformed, "ibstat/04": .malformed,
        // Host names and GUIDs that another program made of the output.
        "ibstat/07": .foreign,
    ]

    private static func files(_ kind: ParserKind) throws -> [(name: String, bytes: [UInt8])] {
        let folder = folder.appending(path: kind.rawValue)
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            let data = try Data(contentsOf: folder.appending(path: name))
            return ("\(kind.rawValue)/\(name.prefix { $0 != "." })", Array(data))
        }
    }

    @Test("every file is read, or refused with the damage it has", .enabled(if: areThere, "no recordings are here"))
    func all() throws {
        var table = ["kind                  read  damaged"]
        var total = 0
        for kind in ParserKind.allCases {
            var read = 0
            var refused: [String] = []
            for (name, bytes) in try Self.files(kind) {
                let document = kind.read(bytes)
                #expect(document.damage?.reason == Self.damaged[name], "\(name): \(document.lines)")
                #expect(!document.lines.isEmpty && document.json.compact.hasPrefix("{\"format\""))
                if let damage = document.damage {
                    refused.append("\(name): \(damage.message)")
                } else {
                    read += 1
                }
            }
            guard read + refused.count > 0 else { continue }
            total += read + refused.count
            let name = kind.rawValue.padding(toLength: 22, withPad: " ", startingAt: 0)
            table.append("\(name)\(read)     \(refused.count)")
            table += refused.map { "    \($0)" }
        }
        print(table.joined(separator: "\n"))
        #expect(total >= 194)
    }

    @Test("every folder is a kind", .enabled(if: areThere, "no recordings are here"))
    func folders() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder.path) where !name.contains(".") {
            #expect(ParserKind(rawValue: name) != nil, "\(name)")
        }
    }

    /// The numbers come from a count that knows nothing of this parser: what is read must be read right.
    @Test("the best NIC of the worst-off GPU", .enabled(if: areThere, "no recordings are here"))
    func distances() throws {
        var worst: [Distance: Int] = [:]
        for (name, bytes) in try Self.files(.topo) {
            guard let topology = Topology.read(bytes).value else { continue }
            #expect(topology.gpus.map { topology.devices[$0].gpu } == Array(0..<topology.gpus.count), "\(name)")
            if let distance = topology.nearestNICs().map(\.distance).max() { worst[distance, default: 0] += 1 }
        }
        #expect(worst == [.pix: 10, .pxb: 9, .phb: 3, .node: 7, .sys: 21])
    }

    @Test("every matrix that is read can be drawn", .enabled(if: areThere, "no recordings are here"))
    func drawings() throws {
        var drawn = 0
        for (name, bytes) in try Self.files(.topo) {
            guard let topology = Topology.read(bytes, from: .pasted).value else { continue }
            var inventory = NodeInventory(node: name)
            inventory.topology = .value(topology)
            let tree = try #require(MachineTree(inventory), "\(name)")
            #expect(tree.devices.count == topology.devices.count, "\(name)")
            DrawingTests.expectTidy(TopologyDrawing(tree))
            drawn += 1
        }
        #expect(drawn >= 80)
    }
}
