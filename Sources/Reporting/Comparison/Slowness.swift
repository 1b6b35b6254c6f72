// Which cases became slower, compared with the run as a whole.

/// Cases that take longer, beyond what the speed of the machine and noise explain.
///
/// The median of all quotients (new duration divided by old) is the slowdown of the whole run; it is not attributed to
/// a case. The noise is estimated in two ways: by the spread of all cases (median absolute deviation), and by how much
/// cases became faster (98th percentile), because noise makes cases faster as well. A case counts as slower if it takes
/// at least `factor` times as long as the median predicts, and exceeds that by at least 0.25 s, five times the spread,
/// and twice the gain of the others.
public struct Slowness: Sendable, Hashable {
  public static let defaultFactor = 2.0
  /// In seconds.
  static let minDifference = 0.25
  private static let spreadFactor = 5.0
  private static let gainFactor = 2.0
  /// In seconds. Shorter cases are not used for the median.
  private static let minDuration = 0.001
  /// With fewer cases no median is taken.
  private static let minCases = 5

  public struct Entry: Sendable, Hashable {
    public var id: String
    /// Wall seconds.
    public var before: Double
    public var now: Double
  }

  /// How many times as long the cases take, in the median; 1 if too few were measured.
  public var machine: Double
  /// How many cases were measured in both runs.
  public var measured: Int
  /// The slowest first.
  public var entries: [Entry]

  struct Measure {
    let factor: Double
    private var pairs: [(before: Double, now: Double)] = []
    private var candidates: [Entry] = []

    init(factor: Double) { self.factor = factor }

    mutating func add(_ id: String, before: Double, now: Double) {
      pairs.append((before, now))
      if now >= before * factor, now - before >= Slowness.minDifference {
        candidates.append(Entry(id: id, before: before, now: now))
      }
    }

    var result: Slowness {
      let quotients = pairs.lazy.filter { $0.before >= Slowness.minDuration && $0.now > 0 }.map { $0.now / $0.before }
      let median = quotients.count >= Slowness.minCases ? Array(quotients).median ?? 1 : 1
      // on a faster machine, a case that takes as long as before is not slower
      let machine = max(1, median)
      var noise = Slowness.minDifference
      if pairs.count >= Slowness.minCases {
        let deviations = pairs.map { $0.now - $0.before * median }
        // 1.4826 converts a median absolute deviation to a standard deviation, for a normal distribution
        noise = max(noise, Slowness.spreadFactor * 1.4826 * (deviations.map(abs).median ?? 0))
        let gains = deviations.filter { $0 < 0 }.map { -$0 }.sorted()
        if !gains.isEmpty {
          noise = max(noise, Slowness.gainFactor * gains[min(gains.count - 1, gains.count * 98 / 100)])
        }
      }
      let slower = candidates.filter { $0.now >= $0.before * machine * factor && $0.now - $0.before * machine >= noise }
      return Slowness(
        machine: median, measured: pairs.count,
        entries: slower.sorted { ($1.now - $1.before, $0.id) < ($0.now - $0.before, $1.id) })
    }
  }
}
