/// The stable name of a kind of problem, written `MUS0123`. A number is never used again for something else.
package struct DiagnosticCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let number: Int

    package var description: String {
        let digits = String(number)
        return "MUS" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    package static func < (left: DiagnosticCode, right: DiagnosticCode) -> Bool { left.number < right.number }

    /// Reads `MUS0123`, `mus123` or `123`.
    package init?(_ text: String) {
        let upper = text.uppercased()
        let digits = upper.hasPrefix("MUS") ? upper.dropFirst(3) : upper[...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(digits), number > 0 else { return nil }
        self.number = number
    }

    private init(_ number: Int) { self.number = number }
}

/// The file as text and as YAML.
extension DiagnosticCode {
    package static let emptyFile = DiagnosticCode(101)
    package static let notText = DiagnosticCode(102)
    package static let fileTooLarge = DiagnosticCode(103)
    package static let nestedTooDeeply = DiagnosticCode(104)
    package static let yamlSyntax = DiagnosticCode(105)
    package static let duplicateKey = DiagnosticCode(106)
    package static let aliasAsKey = DiagnosticCode(107)
    package static let severalDocuments = DiagnosticCode(108)
    package static let tabIndentation = DiagnosticCode(109)
    package static let fileUnreadable = DiagnosticCode(110)
    package static let badMerge = DiagnosticCode(111)
}

/// Keys and values one at a time.
extension DiagnosticCode {
    package static let unknownKey = DiagnosticCode(201)
    package static let missingKey = DiagnosticCode(202)
    package static let wrongType = DiagnosticCode(203)
    package static let notAChoice = DiagnosticCode(204)
    package static let outOfRange = DiagnosticCode(205)
    package static let malformedValue = DiagnosticCode(206)
    package static let emptyValue = DiagnosticCode(207)
    package static let keyNotText = DiagnosticCode(208)
    package static let controlCharacter = DiagnosticCode(209)
}

/// The file as a description of a cluster, whatever the engine.
extension DiagnosticCode {
    package static let duplicateHost = DiagnosticCode(301)
    package static let duplicateNodeName = DiagnosticCode(302)
    package static let duplicateAddress = DiagnosticCode(303)
    package static let layoutDoesNotFillGPUs = DiagnosticCode(304)
    package static let masterIsNoNode = DiagnosticCode(305)
    package static let masterUnknown = DiagnosticCode(306)
    package static let addressUnknown = DiagnosticCode(307)
    package static let portCollision = DiagnosticCode(308)
    package static let portInEphemeralRange = DiagnosticCode(309)
    package static let managedArgument = DiagnosticCode(310)
    package static let managedEnvironment = DiagnosticCode(311)
    package static let secretInArguments = DiagnosticCode(312)
    package static let secretInEnvironment = DiagnosticCode(313)
    package static let glooExclusion = DiagnosticCode(314)
    package static let identityUnreadable = DiagnosticCode(315)
    package static let interfaceMissing = DiagnosticCode(316)
    package static let masterNotFirst = DiagnosticCode(317)
    package static let undefinedSecret = DiagnosticCode(318)
    package static let secretUnavailable = DiagnosticCode(319)
    package static let duplicateArgument = DiagnosticCode(320)
    package static let badEnvironmentName = DiagnosticCode(321)
    package static let unusableAddress = DiagnosticCode(322)
    package static let managementInterface = DiagnosticCode(323)
    package static let duplicateNodeRank = DiagnosticCode(324)
    package static let unevenReplicas = DiagnosticCode(325)
    package static let addressOfSeveral = DiagnosticCode(326)
}

/// The file as a launch of one engine.
extension DiagnosticCode {
    package static let worldNotDivisible = DiagnosticCode(401)
    package static let pipelineAcrossNodes = DiagnosticCode(402)
    package static let tensorAcrossNodes = DiagnosticCode(403)
    package static let dataParallelAcrossNodes = DiagnosticCode(404)
    package static let attentionDataParallel = DiagnosticCode(405)
    package static let expertParallel = DiagnosticCode(406)
    package static let notInThisRelease = DiagnosticCode(407)
    package static let notRendered = DiagnosticCode(408)
    package static let unknownRelease = DiagnosticCode(409)
    package static let derivedPortCollision = DiagnosticCode(410)
    package static let argumentForm = DiagnosticCode(411)
    package static let memoryFraction = DiagnosticCode(412)
    package static let unknownArgument = DiagnosticCode(413)
    package static let argumentValue = DiagnosticCode(414)
    package static let argumentCount = DiagnosticCode(415)
    package static let argumentDeprecated = DiagnosticCode(416)
    package static let ambiguousArgument = DiagnosticCode(417)
    package static let argumentRenamed = DiagnosticCode(418)
    package static let argumentAbbreviated = DiagnosticCode(419)
    package static let argumentConflict = DiagnosticCode(420)
}

/// Reaching a node and working on it.
extension DiagnosticCode {
    package static let hostNotResolved = DiagnosticCode(501)
    package static let connectionRefused = DiagnosticCode(502)
    package static let connectionTimedOut = DiagnosticCode(503)
    package static let hostKeyUnknown = DiagnosticCode(504)
    package static let hostKeyChanged = DiagnosticCode(505)
    package static let noCommonAlgorithm = DiagnosticCode(506)
    package static let rsaKeyRefused = DiagnosticCode(507)
    package static let keyRefused = DiagnosticCode(508)
    package static let keyUnusable = DiagnosticCode(509)
    package static let channelLimit = DiagnosticCode(510)
    package static let connectionLost = DiagnosticCode(511)
    package static let sshOther = DiagnosticCode(512)
    package static let diskFull = DiagnosticCode(520)
    package static let readOnly = DiagnosticCode(521)
    package static let noSessionTool = DiagnosticCode(522)
    package static let locked = DiagnosticCode(523)
    package static let staleGeneration = DiagnosticCode(524)
    package static let nodeScriptFailed = DiagnosticCode(525)
}

/// A deployment on its way up, up, or on its way down.
extension DiagnosticCode {
    package static let unitEnded = DiagnosticCode(601)
    package static let startupTimedOut = DiagnosticCode(602)
    package static let leftovers = DiagnosticCode(603)
    package static let anotherPlanRuns = DiagnosticCode(604)
    package static let notRunning = DiagnosticCode(605)
    package static let workerGone = DiagnosticCode(606)
    package static let interrupted = DiagnosticCode(607)
    package static let unhealthy = DiagnosticCode(608)
    package static let startStalled = DiagnosticCode(609)
    package static let nodeLost = DiagnosticCode(610)
    package static let memoryHeld = DiagnosticCode(611)
    package static let gaveUp = DiagnosticCode(612)
}

/// Asking a daemon.
extension DiagnosticCode {
    package static let daemonUnreachable = DiagnosticCode(701)
    package static let daemonOfAnotherRelease = DiagnosticCode(702)
    package static let daemonRefuses = DiagnosticCode(703)
    package static let noDaemon = DiagnosticCode(704)
    package static let requestRefused = DiagnosticCode(705)
}

/// What `doctor` finds about GPUs.
extension DiagnosticCode {
    package static let tooFewGPUs = DiagnosticCode(801)
    package static let gpuDriverSilent = DiagnosticCode(802)
    package static let gpuLost = DiagnosticCode(803)
    package static let gpuMemoryErrors = DiagnosticCode(804)
    package static let gpuHeldByOthers = DiagnosticCode(805)
    package static let migEnabled = DiagnosticCode(806)
    package static let computeModeExclusive = DiagnosticCode(807)
    package static let gpuLinkNarrow = DiagnosticCode(808)
    package static let persistenceOff = DiagnosticCode(809)
    package static let gpuRecoveryWanted = DiagnosticCode(810)
    package static let fabricNotReady = DiagnosticCode(811)
    package static let xidReported = DiagnosticCode(812)
    package static let gpuMemoryUnaccounted = DiagnosticCode(813)
    package static let quantisationUnsupported = DiagnosticCode(814)
    package static let gpuWarned = DiagnosticCode(815)
}

/// What `doctor` finds about RDMA.
extension DiagnosticCode {
    package static let rdmaPortNotActive = DiagnosticCode(820)
    package static let rdmaDeviceMissing = DiagnosticCode(821)
    package static let nicLinkNarrow = DiagnosticCode(822)
    package static let rdmaPortSlow = DiagnosticCode(823)
    package static let nicUnderAnotherSwitch = DiagnosticCode(824)
    package static let nicsUnbalanced = DiagnosticCode(825)
    package static let gidUnusable = DiagnosticCode(826)
    package static let gidIndexNotCommon = DiagnosticCode(827)
    package static let hcaUnknown = DiagnosticCode(828)
    package static let noGPUDirect = DiagnosticCode(829)
    package static let accessControlRedirects = DiagnosticCode(830)
    package static let iommuTranslates = DiagnosticCode(831)
    package static let linkLayersMixed = DiagnosticCode(832)
    package static let nicWithoutDriver = DiagnosticCode(833)
    package static let rdmaSwitchedOff = DiagnosticCode(834)
    package static let roceMTUSmall = DiagnosticCode(835)
    package static let verbsMissing = DiagnosticCode(836)
}

/// What `doctor` finds about interfaces and ports.
extension DiagnosticCode {
    package static let interfaceNotFound = DiagnosticCode(840)
    package static let interfaceDown = DiagnosticCode(841)
    package static let addressNotOnInterface = DiagnosticCode(842)
    package static let interfaceNotReachable = DiagnosticCode(843)
    package static let hostnameIsLoopback = DiagnosticCode(844)
    package static let portInUse = DiagnosticCode(845)
    package static let portHandedOut = DiagnosticCode(846)
}

/// What `doctor` finds about a host and its software.
extension DiagnosticCode {
    package static let lockedMemoryLimited = DiagnosticCode(850)
    package static let openFilesLow = DiagnosticCode(851)
    package static let sharedMemorySmall = DiagnosticCode(852)
    package static let diskNearlyFull = DiagnosticCode(853)
    package static let clockOff = DiagnosticCode(854)
    package static let engineLeftOver = DiagnosticCode(855)
    package static let engineMissing = DiagnosticCode(856)
    package static let engineVersionDiffers = DiagnosticCode(857)
    package static let engineRefusesFlags = DiagnosticCode(858)
    package static let modelMissing = DiagnosticCode(859)
    package static let hostMemoryLow = DiagnosticCode(860)
    package static let governorPowersave = DiagnosticCode(861)
    package static let numaBalancing = DiagnosticCode(862)
    package static let containerRuntimeMissing = DiagnosticCode(863)
    package static let imagesDiffer = DiagnosticCode(864)
    package static let imageMissing = DiagnosticCode(865)
}

/// What `doctor` finds between nodes.
extension DiagnosticCode {
    package static let hostsDiffer = DiagnosticCode(870)
    package static let memoryUnbalanced = DiagnosticCode(871)
    package static let topologyDiffers = DiagnosticCode(872)
    package static let modelFilesDiffer = DiagnosticCode(873)
    package static let softwareDiffers = DiagnosticCode(874)
    package static let gpusDiffer = DiagnosticCode(875)
    package static let interfaceMTUDiffers = DiagnosticCode(876)
    package static let rendezvousUnreachable = DiagnosticCode(880)
    package static let peerPortsClosed = DiagnosticCode(881)
    package static let bigPacketsLost = DiagnosticCode(882)
    package static let routeOverOtherInterface = DiagnosticCode(883)
}

/// What `doctor` finds about the model.
extension DiagnosticCode {
    package static let modelFileMissing = DiagnosticCode(890)
    package static let modelFileTruncated = DiagnosticCode(891)
    package static let modelShapeUnfit = DiagnosticCode(892)
    package static let modelMemoryUnfit = DiagnosticCode(893)
    package static let contextUnfit = DiagnosticCode(894)
    package static let modelConfigUnreadable = DiagnosticCode(895)
}

/// What the ranks' logs and the counters of ports show after a launch.
extension DiagnosticCode {
    package static let trafficOverSockets = DiagnosticCode(896)
    package static let gpuDirectUnused = DiagnosticCode(897)
    package static let hcasUnused = DiagnosticCode(898)
}

/// What a measurement of bandwidth shows.
extension DiagnosticCode {
    package static let measurementNotMade = DiagnosticCode(901)
    package static let measurementFailed = DiagnosticCode(902)
    package static let nodeSlowInside = DiagnosticCode(903)
    package static let nodeSlowBetween = DiagnosticCode(904)
    package static let pairSlow = DiagnosticCode(905)
    package static let bandwidthLow = DiagnosticCode(906)
}

/// Why a launch failed, by the part of the stack whose line says so; the failure itself has an id.
extension DiagnosticCode {
    package static let failedAtSSH = DiagnosticCode(1001)
    package static let failedAtContainer = DiagnosticCode(1002)
    package static let failedAtGPU = DiagnosticCode(1003)
    package static let failedAtKernel = DiagnosticCode(1004)
    package static let failedAtNCCL = DiagnosticCode(1005)
    package static let failedAtRDMA = DiagnosticCode(1006)
    package static let failedAtTorch = DiagnosticCode(1007)
    package static let failedAtModel = DiagnosticCode(1008)
    package static let failedAtSGLang = DiagnosticCode(1009)
    package static let failedAtVLLM = DiagnosticCode(1010)
    package static let failedAtRay = DiagnosticCode(1011)
    package static let failedAtHost = DiagnosticCode(1012)
}
