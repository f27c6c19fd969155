/// What an Xid of NVIDIA's driver means and what helps, by NVIDIA's catalog as it stood in October 2025.
package struct XidTriage: Hashable, Sendable {
    package enum Action: String, Sendable {
        /// The application's fault, or the cleaning up after it.
        case restartRank = "restart the rank"
        /// The launch may go on; the row is remapped at the next reset.
        case resetLater = "reset the GPU when it is free"
        case drain = "drain the node and follow the errors beside it"
        case resetGPU = "reset the GPU"
        case replaceGPU = "replace the card"
        case checkNVLink = "check the NVLinks and the fabric manager"
        case restartMachine = "restart the machine"
        case watch = "watch the card"
        case obeyDriver = "do what the driver asks for in its message"
        /// Not in the table.
        case lookUp = "look the number up in NVIDIA's catalog"
    }

    package let number: Int
    package let meaning: String
    package let action: Action

    package init(_ number: Int) {
        self.number = number
        (meaning, action) = Self.entry(number)
    }

    /// Whether the GPU cannot be used until something is done.
    package var isFatal: Bool {
        switch action {
        case .drain, .resetGPU, .replaceGPU, .restartMachine, .obeyDriver: true
        case .restartRank, .resetLater, .checkNVLink, .watch, .lookUp: false
        }
    }

    private static func entry(_ number: Int) -> (String, Action) {
        switch number {
        case 13: ("the application's kernel failed", .restartRank)
        case 31: ("the application touched memory that is not its own", .restartRank)
        case 43: ("the GPU stopped an application's channel", .restartRank)
        case 45: ("channels were cleaned up after an application", .restartRank)
        case 69: ("the application gave the graphics engine a wrong command", .restartRank)
        case 48: ("a double-bit memory error", .drain)
        case 63: ("a memory row is to be remapped", .resetLater)
        case 64: ("a memory row could not be remapped", .replaceGPU)
        case 62: ("the firmware of the GPU halted", .resetGPU)
        case 119: ("the GPU's system processor did not answer", .resetGPU)
        case 120: ("the GPU's system processor failed", .resetGPU)
        case 140: ("a memory error was not recovered from", .resetGPU)
        case 143: ("the GPU could not be initialized", .resetGPU)
        case 74, 136, 144...150: ("an NVLink failed", .checkNVLink)
        case 79: ("the GPU fell off the bus", .restartMachine)
        case 92: ("many single-bit memory errors", .watch)
        case 93: ("the card's own records are worn", .watch)
        case 94: ("a memory error that reached one application", .restartRank)
        case 95: ("a memory error that may have reached every application", .resetGPU)
        case 154: ("the driver names what is to be done", .obeyDriver)
        default: ("an error that is not in muster's table", .lookUp)
        }
    }
}
