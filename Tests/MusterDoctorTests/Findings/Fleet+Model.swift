@testable import MusterDoctor

extension Fleet {
    /// Puts another model on every machine: its configuration, and shards of five gigabytes.
    mutating func model(_ config: String, shards: Int) {
        let names = (1...shards).map { "model-\($0)-of-\(shards).safetensors" }
        all { machine in
            machine.model { model in
                model.texts["config.json"] = config
                model.files = Dictionary(uniqueKeysWithValues: names.map { ($0, 5_000_001_008) })
                model.files["config.json"] = config.utf8.count
                model.shards = Dictionary(
                    uniqueKeysWithValues: names.map { ($0, .lengths(header: 1_000, data: 5_000_000_000)) }
                )
                model.index = .files(Set(names), tensors: 91_991, totalSize: shards * 5_000_000_000)
            }
        }
    }
}
