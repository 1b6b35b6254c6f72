// Which cases became slower than the run as a whole did.

/// Cases that take longer, beyond what the two machines and their noise explain.
///
/// The median of all quotients tells how much slower the whole run is: a machine twice as slow makes no case slower. What is left
/// is partly chance, and chance makes cases faster as well: by how much it does so (98 of 100 cases less) is taken for its size, and
/// so is the spread of all cases (their median absolute deviation). A case is slower where it takes at least twice as long as the
/// median leads to expect, and longer than that by at least 0.25 s, five times the spread, and twice what chance gave to others.
public struct Slowness: Sendable, Hashable {
  public static let usualFactor = 2.0
  static let least = 0.25
  private static let spreads = 5.0
  private static let gains = 2.0
  /// Shorter cases tell nothing of the machine.
  private static let shortest = 0.001
  /// Fewer cases tell nothing of it either.
  private static let fewest = 5

  public struct Entry: Sendable, Hashable {
    public var id: String
    /// Wall seconds.
    public var before: Double
    public var now: Double
  }

  /// How many times as long the cases take, in the median; 1 where too few were measured.
  public var machine: Double
  /// How many cases were measured in both runs.
  public var measured: Int
  /// The worst first.
  public var entries: [Entry]

  struct Measure {
    let factor: Double
    private var pairs: [(before: Double, now: Double)] = []
    private var candidates: [Entry] = []

    init(factor: Double) { self.factor = factor }

    mutating func add(_ id: String, before: Double, now: Double) {
      pairs.append((before, now))
      if now >= before * factor, now - before >= Slowness.least {
        candidates.append(Entry(id: id, before: before, now: now))
      }
    }

    var result: Slowness {
      let quotients = pairs.lazy.filter { $0.before >= Slowness.shortest && $0.now > 0 }.map { $0.now / $0.before }
      let median = quotients.count >= Slowness.fewest ? Array(quotients).median ?? 1 : 1
      // a machine that is faster does not make a case slow that takes as long as before
      let machine = max(1, median)
      var noise = Slowness.least
      if pairs.count >= Slowness.fewest {
        let deviations = pairs.map { $0.now - $0.before * median }
        // 1.4826 makes a standard deviation of it where chance is normally distributed
        noise = max(noise, Slowness.spreads * 1.4826 * (deviations.map(abs).median ?? 0))
        let gains = deviations.filter { $0 < 0 }.map { -$0 }.sorted()
        if !gains.isEmpty { noise = max(noise, Slowness.gains * gains[min(gains.count - 1, gains.count * 98 / 100)]) }
      }
      let slower = candidates.filter { $0.now >= $0.before * machine * factor && $0.now - $0.before * machine >= noise }
      return Slowness(
        machine: median, measured: pairs.count,
        entries: slower.sorted { ($1.now - $1.before, $0.id) < ($0.now - $0.before, $1.id) })
    }
  }
}
