import MusterSpec

/// Which findings explain which others, so that one fault is read about once.
enum Causes {
    /// How near a cause must be.
    private enum Reach {
        /// On a node that the consequence is about.
        case node
        /// The same card or port of that node.
        case subject
    }

    private struct Link {
        let consequences: Set<DiagnosticCode>
        let causes: [DiagnosticCode]
        let reach: Reach
    }

    /// The nearest cause first. No chain of these leads back to where it starts.
    private static let links: [Link] = [
        Link(consequences: [.gpuDriverSilent], causes: [.gpuLost], reach: .node),
        Link(consequences: [.xidReported, .gpuRecoveryWanted], causes: [.gpuLost, .gpuMemoryErrors], reach: .subject),
        Link(consequences: [.gpuRecoveryWanted], causes: [.xidReported], reach: .subject),
        Link(consequences: [.tooFewGPUs], causes: [.gpuLost, .gpuDriverSilent, .xidReported], reach: .node),
        Link(
            consequences: [.gpuHeldByOthers, .gpuMemoryUnaccounted, .portInUse],
            causes: [.engineLeftOver],
            reach: .node
        ),
        Link(consequences: [.hostMemoryLow], causes: [.engineLeftOver], reach: .node),
        Link(
            consequences: [.memoryUnbalanced],
            causes: [.engineLeftOver, .gpuHeldByOthers, .gpuMemoryUnaccounted, .tooFewGPUs, .gpusDiffer],
            reach: .node
        ),
        Link(consequences: [.nicLinkNarrow], causes: [.nicUnderAnotherSwitch], reach: .subject),
        Link(consequences: [.nicsUnbalanced], causes: [.nicUnderAnotherSwitch], reach: .node),
        Link(consequences: [.rdmaDeviceMissing], causes: [.nicWithoutDriver], reach: .node),
        Link(
            consequences: [.topologyDiffers, .nicsUnbalanced],
            causes: [
                .gpuLost, .gpuDriverSilent, .tooFewGPUs, .nicUnderAnotherSwitch, .rdmaDeviceMissing, .nicWithoutDriver,
            ],
            reach: .node
        ),
        Link(consequences: [.hcaUnknown], causes: [.nicWithoutDriver, .rdmaDeviceMissing], reach: .node),
        Link(
            consequences: [.addressNotOnInterface],
            causes: [.interfaceNotFound, .interfaceNotReachable, .interfaceDown],
            reach: .node
        ),
        Link(
            consequences: [.rendezvousUnreachable, .peerPortsClosed, .bigPacketsLost, .routeOverOtherInterface],
            causes: [.interfaceNotFound, .interfaceNotReachable, .interfaceDown, .addressNotOnInterface],
            reach: .node
        ),
        Link(consequences: [.peerPortsClosed, .bigPacketsLost], causes: [.rendezvousUnreachable], reach: .node),
        Link(consequences: [.bigPacketsLost, .roceMTUSmall], causes: [.interfaceMTUDiffers], reach: .node),
        Link(consequences: [.engineRefusesFlags], causes: [.engineVersionDiffers], reach: .node),
        Link(consequences: [.softwareDiffers], causes: [.engineMissing, .engineVersionDiffers], reach: .node),
        Link(
            consequences: [.modelFilesDiffer],
            causes: [.modelFileMissing, .modelFileTruncated, .modelConfigUnreadable],
            reach: .node
        ),
        Link(
            consequences: [.nodeSlowBetween, .pairSlow, .bandwidthLow],
            causes: [
                .trafficOverSockets, .gpuDirectUnused, .rdmaPortNotActive, .rdmaPortSlow, .nicLinkNarrow,
                .accessControlRedirects, .nodeSlowInside,
            ],
            reach: .node
        ),
        Link(
            consequences: [.nodeSlowInside],
            causes: [.accessControlRedirects, .gpuLinkNarrow, .iommuTranslates],
            reach: .node
        ),
        Link(
            consequences: [.trafficOverSockets],
            causes: [.rdmaSwitchedOff, .verbsMissing, .gidUnusable, .hcaUnknown],
            reach: .node
        ),
        Link(consequences: [.gpuDirectUnused], causes: [.noGPUDirect], reach: .node),
    ]

    /// The findings with their causes. A cause that is itself a consequence passes its own cause on, so every chain is
    /// one step long.
    static func linked(_ findings: [Finding]) -> [Finding] {
        var byCode: [DiagnosticCode: [Finding]] = [:]
        for finding in findings { byCode[finding.code, default: []].append(finding) }
        func cause(of finding: Finding, depth: Int) -> Finding? {
            guard depth < links.count else { return nil }
            for link in links where link.consequences.contains(finding.code) {
                for code in link.causes where code != finding.code {
                    guard let found = byCode[code]?.first(where: { explains($0, finding, link.reach) }) else {
                        continue
                    }
                    return cause(of: found, depth: depth + 1) ?? found
                }
            }
            return nil
        }
        return findings.map { finding in
            var linked = finding
            if linked.cause == nil { linked.cause = cause(of: finding, depth: 0)?.key }
            return linked
        }
    }

    private static func explains(_ cause: Finding, _ finding: Finding, _ reach: Reach) -> Bool {
        switch reach {
        case .node: cause.nodes.contains(where: finding.nodes.contains)
        case .subject: cause.subject == finding.subject && cause.nodes.contains(where: finding.nodes.contains)
        }
    }
}
