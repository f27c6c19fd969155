import FoundationEssentials

/// The answer of `/v1/models`, as far as it is needed.
struct ModelList: Decodable {
    struct Model: Decodable { let id: String }

    let data: [Model]

    static func firstIdentifier(in body: [UInt8]) -> String? {
        // An answer that is no such list is as good as none; the caller says which path it came from.
        try? JSONDecoder().decode(ModelList.self, from: Data(body)).data.first?.id
    }
}
