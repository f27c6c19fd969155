import Glibc
package import MusterDoctor

/// A model's folder on the machine muster runs on, read as the probe reads it on a node.
package enum LocalModel {
    private static let texts = ["config.json", "hf_quant_config.json", "quantize_config.json"]
    private static let index = "model.safetensors.index.json"

    /// Reads what says how large a model is; weights are only measured.
    ///
    /// - Parameters:
    ///   - path: A folder, or a `config.json`. A file of another name stands for itself, without what lies beside it.
    ///   - machine: This machine, for `~`.
    /// - Returns: The files, or why there are none.
    package static func read(_ path: String, _ machine: LocalMachine) -> Result<ModelFiles, LocalFiles.Problem> {
        let expanded = machine.expand(path)
        if isFolder(expanded) { return folder(expanded, machine) }
        let parts = expanded.split(separator: "/", omittingEmptySubsequences: false)
        if parts.last == "config.json" {
            let above = parts.dropLast().joined(separator: "/")
            return folder(above.isEmpty ? (parts.count > 1 ? "/" : ".") : above, machine)
        }
        return LocalFiles.read(expanded, machine).map { bytes in
            var model = ModelFiles(path: expanded, exists: true)
            model.texts["config.json"] = String(decoding: bytes, as: UTF8.self)
            return model
        }
    }

    private static func folder(_ path: String, _ machine: LocalMachine) -> Result<ModelFiles, LocalFiles.Problem> {
        var model = ModelFiles(path: path, exists: true)
        for name in texts {
            switch LocalFiles.read("\(path)/\(name)", machine) {
            case .success(let bytes): model.texts[name] = String(decoding: bytes, as: UTF8.self)
            // The others are there for some models only.
            case .failure(let problem) where name == texts[0]:
                return .failure(LocalFiles.Problem(reason: "`\(path)/\(name)`: \(problem.reason)"))
            case .failure: break
            }
        }
        if case .success(let bytes) = LocalFiles.read("\(path)/\(index)", machine) {
            switch ModelIndex.read(bytes) {
            case .read(let index, _):
                model.index = .files(Set(index.files.keys), tensors: index.tensorCount, totalSize: index.totalSize)
            case .damaged(let damage): model.index = .unreadable(damage.message)
            }
        }
        for name in ["model.safetensors"] + shards(model) {
            if let size = size("\(path)/\(name)") { model.files[name] = size }
        }
        return .success(model)
    }

    private static func shards(_ model: ModelFiles) -> [String] {
        guard case .files(let names, _, _)? = model.index else { return [] }
        return Array(names)
    }

    private static func isFolder(_ path: String) -> Bool {
        var state = stat()
        return stat(path, &state) == 0 && state.st_mode & S_IFMT == S_IFDIR
    }

    /// In bytes.
    private static func size(_ path: String) -> Int? {
        var state = stat()
        return stat(path, &state) == 0 ? Int(state.st_size) : nil
    }
}
