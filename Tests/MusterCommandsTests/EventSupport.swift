import MusterAPI

/// A moment that all times of these tests are near.
let testTime = Timestamp(milliseconds: 1_764_000_000_000)

func moment(before seconds: Int64) -> Timestamp {
    Timestamp(milliseconds: testTime.milliseconds - seconds * 1000)
}

/// An event as a daemon tells it.
func record(
    _ id: Int64,
    _ kind: String,
    _ text: String,
    _ data: String = "{}",
    deployment: String = "demo",
    actor: String = "musterd"
) -> EventRecord {
    EventRecord(
        id: id,
        at: moment(before: 100 - id),
        deployment: deployment,
        kind: kind,
        actor: actor,
        text: text,
        data: RawJSON(data)
    )
}
