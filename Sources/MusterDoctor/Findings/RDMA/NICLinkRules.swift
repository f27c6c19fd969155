import MusterSpec

/// Whether cards have the PCIe lanes and the driver they need.
enum NICLinkRules {
    static let all: [ClusterRule] = [narrow, Rules.each(driverless)]

    /// Fewer lanes than card and slot have is a fault where the rest does not carry the ports' rate; so is a lower
    /// speed, as of a Gen4 card in a Gen3 slot. A link that carries the rate all the same is worth a word, and so is
    /// one that all nodes have alike, since machines may be built so.
    static func narrow(_ cluster: ExaminedCluster) -> [Finding] {
        let cards = cluster.nodes.compactMap { node in
            node.hcasFound.map { (node: node, cards: NICPlacement.byCard($0)) }
        }
        let links = cards.map { entry in
            Dictionary(grouping: entry.cards.compactMap { $0[0].link }) { $0 }.mapValues(\.count)
        }
        return cards.flatMap { node, cards in
            cards.compactMap { card in
                guard let link = card[0].link, link.isNarrow || link.isSlow else { return nil }
                let isCommon = links.count > 1 && Set(links.map { $0[link] }).count == 1
                let used = card.flatMap(\.ports).filter(\.isActive).compactMap(\.rate)
                let carries = throughput(link).map { $0 >= used.reduce(0, +) } ?? !link.isNarrow
                let limit = node.inventory.narrowing(of: card[0].address)
                let most = used.isEmpty ? "" : "; its ports need \(Amount.text(used.reduce(0, +))) Gb/s"
                return node.finding(
                    .nicLinkNarrow,
                    carries || isCommon ? .warning : .error,
                    on: card.map(\.name).joined(separator: ", "),
                    "an RDMA card has less PCIe bandwidth than it can use",
                    measured:
                        "\(text(link.speed, link.width)) at \(card[0].address?.description ?? "an unknown address")"
                        + limit,
                    expected: text(link.maxSpeed, link.maxWidth) + most,
                    change:
                        "move the card to a slot with all lanes, or mend that slot's bifurcation in the firmware setup"
                        + (isCommon ? ", if the machines were not built so" : "")
                )
            }
        }
    }

    /// In Gb/s. Lines code 128 bits in 130 from 8 GT/s on, 8 in 10 before; what packets need besides leaves 90 %.
    static func throughput(_ link: PCILink) -> Double? {
        guard let speed = link.speed, let width = link.width else { return nil }
        return speed * Double(width) * (speed >= 8 ? 128.0 / 130 : 0.8) * 0.9
    }

    private static func text(_ speed: Double?, _ width: Int?) -> String {
        let parts = [speed.map { "\(Amount.text($0)) GT/s" }, width.map { "x\($0)" }].compactMap { $0 }
        return parts.joined(separator: " ")
    }

    /// Cards on the bus that the RDMA stack does not know. Virtual functions have their own fate.
    static func driverless(_ node: ExaminedNode) -> [Finding] {
        guard let hcas = node.inventory.rdma.value?.hcas else { return [] }
        let known = Set(hcas.compactMap(\.address))
        guard known.count == hcas.count else { return [] }
        let lost = (node.inventory.pci.value?.devices ?? []).filter { device in
            device.isMellanoxNIC && !known.contains(device.address) && device.attributes["physfn"] == nil
        }
        guard let first = lost.first else { return [] }
        let hasDriver = first.attributes["driver"] != nil
        return [
            node.finding(
                .nicWithoutDriver,
                node.wantsRDMA && hcas.isEmpty ? .error : .warning,
                on: lost.count == 1 ? "NIC at \(first.address)" : "\(lost.count) NICs",
                "a card is on the PCI bus and no RDMA device",
                measured: lost.map(\.address.description).joined(separator: ", ")
                    + (hasDriver ? ": a network driver and no RDMA" : ": no driver"),
                expected: "a device below `/sys/class/infiniband` for each",
                change: hasDriver
                    ? "load the RDMA half of the driver: `modprobe mlx5_ib`"
                    : "install DOCA or MLNX OFED for this kernel, then `modprobe mlx5_core mlx5_ib`"
            )
        ]
    }
}
