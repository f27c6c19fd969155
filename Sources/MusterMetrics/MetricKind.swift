/// What a metric's numbers mean, as the exposition names it.
package enum MetricKind: String, Sendable { case counter, gauge, histogram }
