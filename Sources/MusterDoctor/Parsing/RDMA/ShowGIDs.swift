import MusterSpec

/// Reads `show_gids`: one line for each slot in use, of every port.
enum ShowGIDs {
    static func parse(_ text: inout Transcript) throws(Damage) -> RDMABuilder {
        var builder = RDMABuilder()
        var entries = 0
        var seen: Set<[String]> = []
        for line in try text.lines() where !line.isBlank {
            let words = line.words
            if words[0].text == "DEV" || words[0].text.hasPrefix("---") { continue }
            if let rest = Cut.behind(words[0].text, "n_gids_found=") {
                guard Digits.count(rest) == entries else {
                    throw Damage(
                        .malformed,
                        line: line.number,
                        found: "\(Damage.quote(words[0].text)) behind \(entries) lines",
                        expected: "as many lines as the program found",
                        hint: "copy the whole table"
                    )
                }
                continue
            }
            guard words.count >= 4, let port = RDMABuilder.portNumber(words[1].text),
                let index = Digits.count(words[2].text), index < GIDEntry.mostSlots, let gid = GID(words[3].text)
            else {
                if entries == 0 { throw text.foreign(line) }
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: words[0].column,
                    found: Damage.quote(line.trimmed),
                    expected: "device, port, index and GID",
                    hint: Damage.wrapped
                )
            }
            let entry = try entry(index, gid, Array(words[4...]), line)
            guard seen.insert([words[0].text, words[1].text, words[2].text]).inserted else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    found: "index \(index) of `\(words[0].text)` port \(port) a second time",
                    expected: "each index once",
                    hint: "read the table of one node at a time"
                )
            }
            entries += 1
            builder.port(port, of: words[0].text) { port in
                port.gids.append(entry)
                if port.netdev == nil { port.netdev = entry.netdev }
            }
        }
        if builder.isEmpty { throw text.foreign(nil) }
        for hca in builder.hcas {
            for port in hca.ports where isInfiniBand(port) {
                builder.port(port.number, of: hca.name) { $0.linkLayer = .infiniBand }
                text.remark(nil, "`\(hca.name)` port \(port.number) is taken for InfiniBand: no slot has an interface")
            }
        }
        return builder
    }

    /// The table does not say the link layer. On RoCE every slot belongs to an interface, and the link-local GID holds
    /// that interface's address with `fffe` in its middle; on InfiniBand neither is so.
    private static func isInfiniBand(_ port: RDMAPort) -> Bool {
        port.gids.allSatisfy { entry in
            entry.netdev == nil && entry.kind == .roceV1 && entry.gid.ipv4 == nil
                && entry.gid.low >> 24 & 0xffff != 0xfffe
        }
    }

    /// The cells behind the GID: the address where there is one, the version, the interface where there is one.
    private static func entry(_ index: Int, _ gid: GID, _ words: [Word], _ line: Line) throws(Damage) -> GIDEntry {
        var rest = words[...]
        if let first = rest.first, first.text.utf8.contains(UInt8(ascii: ".")), GIDEntry.Kind(first.text) == nil {
            guard first.text == gid.ipv4?.text else {
                throw Damage(
                    .malformed,
                    line: line.number,
                    column: first.column,
                    found: "the address \(Damage.quote(first.text)) beside `\(gid)`",
                    expected: gid.ipv4.map { "`\($0)`, which that GID holds" } ?? "none beside a GID without one"
                )
            }
            rest = rest.dropFirst()
        }
        guard let version = rest.first, version.text.utf8.count == 2, let kind = GIDEntry.Kind(version.text),
            rest.count <= 2
        else {
            throw Damage(
                .malformed,
                line: line.number,
                column: rest.first?.column,
                found: rest.isEmpty ? "no version" : Damage.quote(rest.map(\.text).joined(separator: " ")),
                expected: "`v1` or `v2` and an interface",
                hint: Damage.wrapped
            )
        }
        return GIDEntry(index: index, gid: gid, kind: kind, netdev: rest.dropFirst().first?.text)
    }
}
