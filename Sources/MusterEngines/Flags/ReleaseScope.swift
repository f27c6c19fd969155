package import MusterSpec

/// Which of the known releases judge the flags of one, and how sure that is.
package struct ReleaseScope: Hashable, Sendable {
    package enum Standing: Hashable, Sendable {
        case known
        /// Two known releases stand around it, and both judge.
        case between
        case older
        case newer
        /// `0.5.9+mine`, `0.5.10.dev3`: somebody made it of other sources than a release's, so nothing is certain.
        case ownBuild
    }

    package let version: EngineVersion
    /// Indices of one known release or two, the older first.
    package let judges: [Int]
    package let standing: Standing

    package init(_ version: EngineVersion, in catalog: FlagCatalog) {
        self.version = version
        let isOwn = version.text.contains("+") || version.isDevelopment
        if let index = catalog.releases.firstIndex(of: version) {
            judges = [index]
            standing = isOwn ? .ownBuild : .known
            return
        }
        let newer = catalog.releases.firstIndex { $0 > version }
        let older = catalog.releases.lastIndex { $0 < version }
        judges = [older, newer].compactMap { $0 }
        standing = isOwn ? .ownBuild : older == nil ? .older : newer == nil ? .newer : .between
    }

    /// Whether what the judges agree on holds for the release.
    package var isCertain: Bool { standing == .known || standing == .between }

    /// Who judged, in words, where it was not the release itself.
    package func note(_ catalog: FlagCatalog) -> String? {
        let names = judges.map { catalog.releases[$0].text }.joined(separator: " and ")
        return switch standing {
        case .known: nil
        case .between: "judged by \(names), the known releases on either side of \(version)"
        case .older: "judged by \(names), the oldest release known; \(version) is older"
        case .newer: "judged by \(names), the newest release known; \(version) is newer"
        case .ownBuild: "judged by \(names); \(version) is a build of somebody's own"
        }
    }
}
