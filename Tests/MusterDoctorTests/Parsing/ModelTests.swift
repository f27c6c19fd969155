import Testing

@testable import MusterDoctor

@Suite("Model files")
struct ModelTests {
    private func file(_ header: String, length: Int? = nil) -> [UInt8] {
        let count = UInt64(length ?? header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * UInt64($0))) } + Array(header.utf8)
    }

    @Test("the head of a safetensors file")
    func header() throws {
        let json =
            #"{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"BF16","shape":[2,3],"data_offsets":[0,12]},"#
            + #""b":{"dtype":"F8_E4M3","shape":[],"data_offsets":[12,13]}}  "#
        let header = try SafetensorsHeader.read(file(json) + [1, 2, 3]).require()
        #expect(header.tensors.map(\.name) == ["a.weight", "b"] && header.tensors.map(\.size) == [12, 1])
        #expect(header.fileSize == 8 + json.utf8.count + 13 && header.metadata == ["format": "pt"])
    }

    @Test("heads that are cut, too long or wrong")
    func broken() {
        let json = #"{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}"#
        #expect(
            SafetensorsHeader.read(Array(file(json).dropLast())).damage?.hint == "the file is cut off: copy it again"
        )
        #expect(SafetensorsHeader.read([1, 2, 3]).damage?.reason == .empty)
        #expect(SafetensorsHeader.read(file(json, length: Int.max)).damage?.reason == .foreign)
        #expect(
            SafetensorsHeader.read(file(json.replacing("[2]", with: "[3]"))).damage?.found
                == "4 bytes for the tensor `a`"
        )
        #expect(SafetensorsHeader.read(file(json.replacing("0,4", with: "5,4"))).damage?.reason == .malformed)
        #expect(SafetensorsHeader.read(file("[]")).damage?.reason == .malformed)
        let huge = #"{"a":{"dtype":"F16","shape":[9999999999,9999999999],"data_offsets":[0,9223372036854775807]}}"#
        #expect(SafetensorsHeader.read(file(huge)).damage?.reason == .malformed)
    }

    @Test("the index of the shards")
    func index() throws {
        let json =
            #"{"metadata":{"total_size":700000000001},"weight_map":"#
            + #"{"a":"m-2.safetensors","b":"m-1.safetensors","c":"m-2.safetensors"}}"#
        let index = try ModelIndex.read(bytes(json)).require()
        #expect(index.totalSize == 700_000_000_001 && index.tensorCount == 3)
        #expect(index.files == ["m-1.safetensors": 1, "m-2.safetensors": 2])
        #expect(ModelIndex.read(bytes("{}")).damage?.reason == .foreign)
        #expect(ModelIndex.read(bytes(#"{"weight_map":{"a":1}}"#)).damage?.reason == .malformed)
        #expect(ModelIndex.read(bytes("<html>404</html>")).damage?.line == 1)
    }
}
