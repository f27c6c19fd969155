import MusterSpec

/// Whether the cards sit where they sit on the other nodes. No absolute rule: what is near enough differs between
/// machines, and most healthy ones would break it. Nodes of one launch are bought and built alike.
enum NICPlacementRules {
    static let all: [ClusterRule] = [misplaced, unbalanced]

    private struct Placed {
        let node: ExaminedNode
        let placement: NICPlacement
    }

    /// A card in a place that none has on the good nodes, and the place that is empty instead.
    private struct Move {
        let odd: Placed
        let card: NICPlacement.Card
        let place: NICPlacement.Card
        let model: Placed
        let good: [String]
    }

    private enum Deviation {
        case moved(Move)
        case other(Finding)
    }

    static func misplaced(_ cluster: ExaminedCluster) -> [Finding] {
        deviations(cluster).map { deviation in
            switch deviation {
            case .moved(let move): finding(move)
            case .other(let finding): finding
            }
        }
    }

    /// The same cards as values, for who draws them.
    static func displaced(_ cluster: ExaminedCluster) -> [DisplacedCard] {
        deviations(cluster).compactMap { deviation in
            guard case .moved(let move) = deviation, let nearest = move.place.nearest else { return nil }
            return DisplacedCard(
                node: move.odd.node.name,
                hcas: move.card.hcas,
                usualGPUs: nearest.positions.map { move.model.placement.gpus[$0] },
                usualDistance: nearest.distance,
                usualPath: move.place.path,
                usualNodes: move.good
            )
        }
    }

    private static func deviations(_ cluster: ExaminedCluster) -> [Deviation] {
        let placed = cluster.nodes.compactMap { node in
            NICPlacement(node).map { Placed(node: node, placement: $0) }
        }
        // Machines with another number of GPUs, or other ones, may well be built otherwise.
        let makes = Dictionary(grouping: placed) { entry in
            [String(entry.placement.gpus.count), entry.node.gpus?.first?.name.value ?? ""]
        }
        return makes.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { compare($0.value) }
    }

    private static func compare(_ placed: [Placed]) -> [Deviation] {
        guard placed.count > 1 else { return [] }
        let counts = Groups(placed.map { ($0.node.name, $0.placement.cards.count) })
        if counts.differ {
            let usual = counts.majority
            let different = usual.map { usual in
                "\(Names.count(usual.value, "card")) as on \(Names.list(usual.nodes))"
            }
            let findings = placed.filter { counts.named.contains($0.node.name) }.map { entry in
                entry.node.finding(
                    .topologyDiffers,
                    entry.placement.cards.count < (usual?.value ?? .max) ? .error : .warning,
                    on: "RDMA cards",
                    "the nodes have different numbers of RDMA cards",
                    measured: Names.count(entry.placement.cards.count, "card"),
                    expected: different ?? "the same number everywhere: "
                        + counts.text { Names.count($0, "card") },
                    change: "look for the missing card with `lspci -d 15b3:`: a card that is there lacks its driver, "
                        + "one that is not must be reseated"
                )
            }
            let rest = placed.filter { entry in usual?.nodes.contains(entry.node.name) ?? false }
            return findings.map(Deviation.other) + compareRows(rest)
        }
        return compareRows(placed)
    }

    private static func compareRows(_ placed: [Placed]) -> [Deviation] {
        guard placed.count > 1 else { return [] }
        let groups = Groups(placed.map { ($0.node.name, $0.placement.rows) })
        guard groups.differ else { return [] }
        guard let usual = groups.majority?.value ?? balanced(placed, groups) else {
            return undecided(placed, groups).map(Deviation.other)
        }
        let good = placed.filter { $0.placement.rows == usual }
        return placed.filter { $0.placement.rows != usual }.flatMap { moved($0, from: good) }
            .map(Deviation.moved)
    }

    /// Of as many nodes on each side the side where every switch has a card is the right one.
    private static func balanced(_ placed: [Placed], _ groups: Groups<[[Distance]]>) -> [[Distance]]? {
        let good = groups.groups.filter { group in
            placed.first { $0.placement.rows == group.value }.map { !$0.placement.isUnbalanced } ?? false
        }
        return good.count == 1 ? good[0].value : nil
    }

    private static func undecided(_ placed: [Placed], _ groups: Groups<[[Distance]]>) -> [Finding] {
        guard let first = placed.first else { return [] }
        let texts = groups.groups.compactMap { group in
            placed.first { $0.node.name == group.nodes[0] }.map { entry in
                let cards = entry.placement.cards.map { card in
                    "\(card.title) nearest to \(entry.placement.nearest(of: card.distances))"
                }
                return "\(Names.list(group.nodes)): \(cards.joined(separator: ", "))"
            }
        }
        var finding = first.node.finding(
            .topologyDiffers,
            .warning,
            on: "RDMA cards",
            "RDMA cards sit in different slots, and no side has a majority",
            measured: texts.joined(separator: "; "),
            expected: "the same slots on all nodes",
            change: "compare the slots of these cards and move the one that is wrong"
        )
        finding.nodes = groups.named
        return [finding]
    }

    /// The cards of one node whose place is taken by none on the good nodes.
    private static func moved(_ odd: Placed, from good: [Placed]) -> [Move] {
        guard let model = good.first else { return [] }
        var missing = model.placement.rows
        var extra: [[Distance]] = []
        for row in odd.placement.rows {
            if let match = missing.firstIndex(of: row) { missing.remove(at: match) } else { extra.append(row) }
        }
        let usualAddresses = Set(model.placement.cards.compactMap(\.address))
        return zip(extra, missing).compactMap { row, wanted in
            // Two cards may be equally near: the one at an address that no other node has is the one that was moved.
            let candidates = odd.placement.cards.filter { $0.distances == row }
            let strange = candidates.first { card in card.address.map { !usualAddresses.contains($0) } ?? false }
            let places = model.placement.cards.filter { $0.distances == wanted }
            let odds = Set(odd.placement.cards.compactMap(\.address))
            let place = places.first { card in card.address.map { !odds.contains($0) } ?? false } ?? places.first
            let named = candidates.first { card in place.map { $0.hcas == card.hcas } ?? false }
            guard let card = strange ?? named ?? candidates.first, let place else { return nil }
            return Move(odd: odd, card: card, place: place, model: model, good: good.map(\.node.name))
        }
    }

    private static func finding(_ move: Move) -> Finding {
        let (card, place, model) = (move.card, move.place, move.model)
        let slot =
            place.address.map { "the slot that is \($0) on \(model.node.name)" }
            ?? "the slot that \(place.title) has on \(model.node.name)"
        return move.odd.node.finding(
            .nicUnderAnotherSwitch,
            on: card.title,
            "an RDMA card sits under another PCIe switch than on the other nodes",
            measured: "\(text(card)), nearest to \(move.odd.placement.nearest(of: card.distances))",
            expected: "nearest to \(model.placement.nearest(of: place.distances)), as \(text(place)) on "
                + Names.list(move.good),
            change: "move the card to \(slot)"
        )
    }

    /// `mlx5_4 at 0000:5a:00.0 below pci0000:54/0000:54:01.0`
    private static func text(_ card: NICPlacement.Card) -> String {
        guard let address = card.address else { return card.title }
        let way = card.path.map { path in
            ([path.root] + path.addresses.dropLast().map(\.description)).joined(separator: "/")
        }
        return "\(card.title) at \(address)" + (way.map { " below \($0)" } ?? "")
    }

    static func unbalanced(_ cluster: ExaminedCluster) -> [Finding] {
        cluster.nodes.compactMap { node in
            guard let placement = NICPlacement(node), placement.isUnbalanced, let groups = placement.switches,
                let counts = placement.cardsPerSwitch
            else { return nil }
            let text = zip(groups, counts).map { group, count in
                "\(Names.gpus(group.map { placement.gpus[$0] })): \(count)"
            }
            return node.finding(
                .nicsUnbalanced,
                .warning,
                on: "RDMA cards",
                "some GPUs have no RDMA card near, and others have several",
                measured: text.joined(separator: "; "),
                expected: "a card behind each PCIe switch, as there are \(Names.count(placement.cards.count, "card"))",
                change: "move a card to a slot behind the switch that has none"
            )
        }
    }
}
