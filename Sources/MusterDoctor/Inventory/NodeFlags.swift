package import MusterEngines
package import MusterSpec

/// The flags that an engine on a node has, as its own parser tells them.
package struct NodeFlags: Sendable {
    package let node: String
    package let kind: EngineSpec.Kind
    package let version: EngineVersion
    /// What the engine calls its release where that cannot be read, so that the cluster file's stands in; empty where it
    /// does not say.
    package let unreadVersion: String?
    /// Of this one release.
    package let catalog: FlagCatalog

    /// Reads the answer of a site that was asked for them.
    ///
    /// - Parameters:
    ///   - document: What the node answered.
    ///   - kind: Whose flags were asked for.
    ///   - expected: The release of the cluster file, for an engine that does not say which it is.
    /// - Throws: `Failure`, in the node's words.
    package init(
        _ document: InventoryDocument,
        of kind: EngineSpec.Kind,
        orElse expected: EngineVersion
    ) throws(Failure) {
        guard let section = document.answer.sections.first(where: { $0.name == "engine" }), section.end?.status == 0
        else {
            let said = document.answer.sections.first { $0.name == "engine" }
                .map { String(decoding: $0.text.suffix(400), as: UTF8.self) }
            throw Failure(said?.split(whereSeparator: \.isNewline).last.map(String.init) ?? "there is no answer")
        }
        let json: JSONValue
        do throws(Damage) {
            json = try JSONReader.value(of: section.text)
        } catch {
            throw Failure("the answer cannot be read: \(error)")
        }
        if let error = json["error"]?.text { throw Failure(error) }
        // A build of somebody's own carries the release it is made from in front.
        let told = json["version"]?.text ?? ""
        let version = EngineVersion(told) ?? expected
        let lines = json["flags"].map { $0.elements.compactMap(\.text) } ?? []
        let text = "#muster.flags/1\t\(kind.rawValue)\n#releases\t\(version.text)\n" + lines.map { $0 + "\n" }.joined()
        guard !lines.isEmpty, let catalog = FlagCatalog(Array(text.utf8)) else {
            throw Failure("its parser told no flags")
        }
        node = document.node
        self.kind = kind
        self.version = version
        unreadVersion = EngineVersion(told) == nil ? String(told.prefix(60)) : nil
        self.catalog = catalog
    }

    package struct Failure: Error, Hashable, Sendable {
        package let reason: String

        init(_ reason: String) { self.reason = reason }
    }

    package func listing(matching pattern: String?) -> FlagListing {
        FlagListing(matching: pattern, of: kind, in: catalog)
    }

    /// Which known releases they are compared with.
    package var scope: ReleaseScope { ReleaseScope(version, in: .of(kind)) }

    /// How they differ from what is known of the release.
    package var difference: FlagDifference { FlagDifference(of: catalog, from: .of(kind), scope) }
}
