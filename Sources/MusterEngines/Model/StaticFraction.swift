import MusterSpec

/// SGLang's own choice of `--mem-fraction-static`: the part of a GPU for weights and cache, which leaves the rest to
/// activations and graphs. The rule was replaced four times.
struct StaticFraction {
    let version: EngineVersion
    /// Of the card, as `nvidia-smi` prints it.
    let mebibytes: Double
    let tensor: Int
    let pipeline: Int
    let attentionData: Int
    /// `--chunked-prefill-size`, where the file gives it.
    let chunk: Int?
    /// The largest batch of a graph, where the file gives it.
    let graphRequests: Int?
    let graphs: ServingSettings.Graphs
    let isLatent: Bool

    private var ranks: Int { tensor * pipeline }

    /// Rounded to three places, as the engine does.
    var value: Double? {
        switch version {
        case ..<EngineVersion.known("0.4.6"): return Self.bySize(tensor)
        case ..<EngineVersion.known("0.4.8"): return bySizeAndCard
        case ..<EngineVersion.known("0.5.3"): return remaining(reserveByCard)
        case ..<EngineVersion.known("0.5.23"): return remaining(reserveByWork)
        default: return remaining(reserveBesideGraphs)
        }
    }

    /// 0.4.4.post1 server_args.py `__post_init__`.
    private static func bySize(_ ranks: Int) -> Double {
        switch ranks {
        case 16...: 0.79
        case 8...: 0.81
        case 4...: 0.85
        case 2...: 0.87
        default: 0.88
        }
    }

    /// 0.4.6.post5: cards above 80 GiB need less of themselves, those above 96 GiB a fixed 18 GiB.
    private var bySizeAndCard: Double {
        let usual = mebibytes <= 81920 ? Self.bySize(ranks) : 0.88
        guard mebibytes > 96 * 1024 else { return usual }
        return min(usual + 48 * 1024 * (1 - usual) / mebibytes, (mebibytes - 18 * 1024) / mebibytes)
    }

    /// 0.4.8 to 0.5.2: in MiB.
    private var reserveByCard: Double {
        let perRank = Double(ranks)
        let gibibytes =
            switch mebibytes {
            case ..<(35 * 1024): 2.8 + perRank / 10
            case ..<(90 * 1024): 9.5 + perRank / 2
            case ..<(160 * 1024): 12 + perRank / 2
            default: 32.0
            }
        return gibibytes * 1024 + (attentionData > 1 ? 4 * 1024 : 0)
    }

    /// 0.5.3 to 0.5.22, `_handle_gpu_memory_settings`: in MiB.
    private var reserveByWork: Double {
        let requests = Double(graphRequests ?? usualGraphRequests)
        var reserve = 512 + 1.5 * Double(max(chunk ?? usualChunk, 2048)) + 2 * requests + 128 * Double(ranks)
        if attentionData > 1 { reserve += requests * Double(attentionData) * (requests > 300 ? 4.5 : 3) }
        return mebibytes > 60 * 1024 ? max(reserve, 10 * 1024) : reserve
    }

    /// From 0.5.23, arg_groups/memory_hook.py: without MLA the cache is sized when the graphs are there already.
    private var reserveBesideGraphs: Double {
        guard isLatent else { return 1536 + 128 * Double(ranks) }
        let requests = Double(graphRequests ?? usualGraphRequests)
        var reserve = 512 + 1.5 * Double(max(chunk ?? usualChunk, 2048)) + 128 * Double(ranks)
        if graphs.decode { reserve += 2 * requests }
        if graphs.prefill { reserve += 1.5 * 1024 }
        if attentionData > 1 { reserve += requests * Double(attentionData) * (requests > 300 ? 4.5 : 3) }
        return mebibytes > 60 * 1024 ? max(reserve, 10 * 1024) : reserve
    }

    private var usualChunk: Int {
        switch mebibytes {
        case ..<(35 * 1024): 2048
        case ..<(60 * 1024): 4096
        case ..<(160 * 1024): 8192
        default: 16384
        }
    }

    private var usualGraphRequests: Int {
        switch mebibytes {
        case ..<(20 * 1024): 8
        case ..<(35 * 1024): tensor < 4 ? 24 : 80
        case ..<(60 * 1024): tensor < 4 ? 32 : 160
        case ..<(160 * 1024): tensor < 4 ? 256 : 512
        default: 512
        }
    }

    private func remaining(_ reserve: Double) -> Double? {
        guard mebibytes > reserve else { return nil }
        return ((mebibytes - reserve) / mebibytes * 1000).rounded() / 1000
    }
}
