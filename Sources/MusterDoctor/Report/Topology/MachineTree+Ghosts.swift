import MusterSpec

extension MachineTree {
    /// Marks where a displaced card sits on the other nodes. A card in another slot shifts the numbers of buses, so the
    /// GPUs it should be near to are asked first, and the path only where it is near to none.
    mutating func addGhost(of card: DisplacedCard, _ number: Int) {
        let ghost = MachineDevice.ghost(of: card, number)
        if card.usualDistance <= .pxb,
            add(
                ghost,
                where: { branch in
                    branch.devices.contains { $0.gpu.map(card.usualGPUs.contains) ?? false }
                }
            )
        {
            return
        }
        guard let path = card.usualPath else { return }
        let switches = Self.switches(path).last.map { [path.root] + $0.map(\.description) }
        if let switches, add(ghost, where: { $0.way == switches }) { return }
        _ = add(ghost) { $0.way == [path.root] }
    }

    private mutating func add(_ ghost: MachineDevice, where isPlace: (Branch) -> Bool) -> Bool {
        for index in branches.indices where branches[index].add(ghost, where: isPlace) { return true }
        return false
    }
}

extension MachineTree.Branch {
    /// To the deepest place that fits.
    fileprivate mutating func add(_ ghost: MachineDevice, where isPlace: (Self) -> Bool) -> Bool {
        for index in branches.indices where branches[index].add(ghost, where: isPlace) { return true }
        guard isPlace(self) else { return false }
        devices.append(ghost)
        return true
    }
}
