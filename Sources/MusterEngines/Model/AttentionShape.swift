/// The sizes of a layer's attention.
package enum AttentionShape: Hashable, Sendable {
    /// Heads that share keys and values in groups; one group each is plain attention.
    case grouped(heads: Int, keyValueHeads: Int, headSize: Int)
    case latent(LatentAttention)

    package var heads: Int {
        switch self {
        case .grouped(let heads, _, _): heads
        case .latent(let latent): latent.heads
        }
    }
}

/// Multi-head latent attention, as DeepSeek-V2 introduced it: one compressed vector stands for all keys and values.
package struct LatentAttention: Hashable, Sendable {
    package var heads: Int
    /// `q_lora_rank`; nothing where queries are not compressed.
    package var queryRank: Int?
    /// `kv_lora_rank`.
    package var keyValueRank: Int
    /// `qk_rope_head_dim`: the part of a key that carries positions.
    package var rotary: Int
    /// `qk_nope_head_dim`
    package var plain: Int
    /// `v_head_dim`
    package var value: Int

    package init(heads: Int, queryRank: Int?, keyValueRank: Int, rotary: Int, plain: Int, value: Int) {
        self.heads = heads
        self.queryRank = queryRank
        self.keyValueRank = keyValueRank
        self.rotary = rotary
        self.plain = plain
        self.value = value
    }
}
