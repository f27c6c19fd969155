/// The page of every code, so that a problem seen at night can be read about without a network.
package enum DiagnosticCatalog {
    /// In the order of the codes.
    package static let pages: [DiagnosticPage] =
        (textPages + valuePages + clusterPages + environmentPages + enginePages + flagPages + sshPages + nodePages
        + operationPages + daemonPages + doctorPages + failurePages)
        .sorted { $0.code < $1.code }

    /// What `doctor` finds.
    private static var doctorPages: [DiagnosticPage] {
        gpuPages + gpuUsePages + fabricPages + peerPathPages + networkPages
            + hostPages + softwarePages + acrossPages + modelFitPages + transportPages + bandwidthPages
    }

    private static let byCode = Dictionary(pages.map { ($0.code, $0) }, uniquingKeysWith: { first, _ in first })

    /// The page of a code, or nothing for a number that was never given out.
    package static func page(for code: DiagnosticCode) -> DiagnosticPage? { byCode[code] }
}
