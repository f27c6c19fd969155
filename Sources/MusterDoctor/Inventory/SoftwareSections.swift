import MusterSpec

extension NodeSoftware {
    static func read(_ text: [UInt8]) -> Reading<NodeSoftware> {
        .of(text, source: "what the probe says of packages") { text throws(Damage) in
            let json = try JSONReader.value(&text)
            guard let python = json["python"]?.text, let executable = json["executable"]?.text else {
                throw text.foreign(nil, found: Damage.quote(json.compact))
            }
            var software = NodeSoftware(python: python, executable: executable)
            for (name, version) in json["packages"]?.members ?? [] { software.packages[name] = version.text }
            software.torchCUDA = json["torch_cuda"]?.text
            if let nccl = json["nccl"], let path = nccl["path"]?.text, let size = nccl["bytes"]?.count,
                let head = nccl["head"]?.text
            {
                software.nccl = NCCLLibrary(path: path, size: size, head: head)
            }
            return software
        }
    }
}

extension ModelFiles {
    static func read(_ text: [UInt8]) -> Reading<ModelFiles> {
        .of(text, source: "what the probe says of the model") { text throws(Damage) in
            let json = try JSONReader.value(&text)
            guard let path = json["path"]?.text, case .boolean(let exists)? = json["exists"] else {
                throw text.foreign(nil, found: Damage.quote(json.compact))
            }
            var model = ModelFiles(path: path, exists: exists)
            for case (let name, .integer(let size)) in json["files"]?.members ?? [] { model.files[name] = size }
            for (name, shard) in json["shards"]?.members ?? [] {
                let lengths = shard.elements.compactMap(\.count)
                if let problem = shard.text {
                    model.shards[name] = .unreadable(problem)
                } else if lengths.count == 2 {
                    model.shards[name] = .lengths(header: lengths[0], data: lengths[1])
                } else {
                    model.shards[name] = .unreadable("its first bytes give a length that no header has")
                }
            }
            for (name, content) in json["texts"]?.members ?? [] { model.texts[name] = content.text }
            model.index = json["index"].flatMap(Index.init(json:))
            return model
        }
    }
}

extension ModelFiles.Index {
    fileprivate init?(json: JSONValue) {
        if let problem = json["error"]?.text {
            self = .unreadable(problem)
        } else if let files = json["files"], let tensors = json["tensors"]?.count {
            self = .files(
                Set(files.elements.compactMap(\.text)),
                tensors: tensors,
                totalSize: json["total_size"]?.count
            )
        } else {
            return nil
        }
    }
}

/// What the engine's own argument parser said.
enum EngineAnswer {
    private enum Outcome: Hashable, Sendable {
        case complaints([String])
        /// The parser could not be had.
        case error(String)
    }

    static func read(_ decoder: inout ProbeDecoder) -> Known<[String]> {
        let outcome = decoder.value("engine") { text in
            Reading.of(text, source: "what the probe says of the engine's parser") { text throws(Damage) in
                let json = try JSONReader.value(&text)
                if let error = json["error"]?.text { return Outcome.error(error) }
                guard case .array(let complaints)? = json["complaints"] else {
                    throw text.foreign(nil, found: Damage.quote(json.compact))
                }
                return .complaints(complaints.compactMap(\.text))
            }
        }
        switch outcome {
        case .unknown(let reason): return .unknown(reason)
        case .value(.error(let error)): return .unknown("the engine's parser could not be asked: \(error)")
        case .value(.complaints(let complaints)): return .value(complaints)
        }
    }
}

extension ContainerRuntime {
    init(table: [String: String]) {
        runtimes = Self.json(table["runtimes"]).members.map(\.name).sorted()
        root = table["root"]
        version = table["version"]
        missingImage = table["missing"]
        imageID = table["image"]
        imageDigests = Self.json(table["digests"]).elements.compactMap(\.text)
    }

    private static func json(_ text: String?) -> JSONValue {
        // What is no JSON says nothing: podman has other words here.
        do throws(Damage) { return try JSONReader.value(of: Array((text ?? "").utf8)) } catch { return .null }
    }
}
