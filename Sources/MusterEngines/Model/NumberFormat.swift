/// How one number of a tensor is stored.
package enum NumberFormat: String, Hashable, Sendable, CaseIterable {
    case float32, bfloat16, float16
    case float8 = "fp8"
    case integer8 = "int8"
    case float4 = "fp4"
    case integer4 = "int4"

    package var bits: Int {
        switch self {
        case .float32: 32
        case .bfloat16, .float16: 16
        case .float8, .integer8: 8
        case .float4, .integer4: 4
        }
    }
}
