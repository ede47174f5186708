package io.serai.bench;

import io.serai.bench.load.Figures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** The figures of all rounds, and the tables made of them. */
final class Comparison {
  private static final String CLOSED_HEAD =
      """
      | scenario | peer | delivered/s, median (min-max) | CPU us/delivery (min-max) | %s's CPU / its | RSS MB | check |
      |---|---|---|---|---|---|---|
      """;
  private static final String OPEN_HEAD =
      """
      | scenario | peer | messages/s | p50 ms (min-max) | p99 ms (min-max) | p99.9 ms | CPU us/delivery | check |
      |---|---|---|---|---|---|---|---|
      """;

  private final List<String> peers;
  private final Map<Key, List<Figures>> closed = new LinkedHashMap<>();
  private final Map<Key, List<Figures>> open = new LinkedHashMap<>();
  private final Set<Key> failures = new LinkedHashSet<>();

  private record Key(String scenario, String peer) {}

  /** For peers in the order of the tables; the first is compared with the others. */
  Comparison(List<String> peers) {
    this.peers = peers;
  }

  void add(String peer, Figures figures) {
    Key key = new Key(figures.scenario(), peer);
    (figures.ratePerSecond() > 0 ? open : closed)
        .computeIfAbsent(key, _ -> new ArrayList<>())
        .add(figures);
  }

  /** A run that gave no figures. */
  void addFailure(String peer, String scenario) {
    failures.add(new Key(scenario, peer));
  }

  /** Whether there were runs, none failed and no message went astray in any. */
  boolean isGood() {
    return failures.isEmpty()
        && !(closed.isEmpty() && open.isEmpty())
        && closed.values().stream().allMatch(Comparison::areGood)
        && open.values().stream().allMatch(Comparison::areGood);
  }

  private static boolean areGood(List<Figures> runs) {
    return runs.stream().allMatch(each -> each.check().isGood());
  }

  /** Messages published per second by the slowest peer, median; 0 when none ran. */
  double slowest(String scenario) {
    return closed.entrySet().stream()
        .filter(entry -> entry.getKey().scenario().equals(scenario))
        .mapToDouble(entry -> median(entry.getValue(), Figures::publishedPerSecond))
        .min()
        .orElse(0);
  }

  /** One run by the names it has in JSON. */
  static Map<String, Object> toMap(String peer, int round, Figures figures) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("peer", peer);
    map.put("round", round);
    map.putAll(figures.toMap());
    return map;
  }

  /** Markdown. */
  String table() {
    StringBuilder text = new StringBuilder();
    if (!closed.isEmpty()) {
      text.append(CLOSED_HEAD.formatted(peers.getFirst()));
      closed.keySet().stream()
          .map(Key::scenario)
          .distinct()
          .forEach(scenario -> peers.forEach(peer -> appendClosed(text, scenario, peer)));
    }
    if (!open.isEmpty()) {
      text.append(closed.isEmpty() ? "" : "\n").append(OPEN_HEAD);
      open.keySet().stream()
          .map(Key::scenario)
          .distinct()
          .forEach(scenario -> peers.forEach(peer -> appendOpen(text, scenario, peer)));
    }
    failures.forEach(
        key -> text.append("\nfailed: " + key.peer() + " in " + key.scenario() + "\n"));
    return text.toString();
  }

  private void appendClosed(StringBuilder text, String scenario, String peer) {
    List<Figures> runs = closed.get(new Key(scenario, peer));
    if (runs == null) {
      return;
    }
    ToDoubleFunction<Figures> cpu = each -> each.cpu().brokerMicrosPerDelivery();
    List<Figures> firsts = closed.getOrDefault(new Key(scenario, peers.getFirst()), List.of());
    double ratio = median(firsts, cpu) / median(runs, cpu);
    row(
        text,
        scenario,
        peer,
        Report.whole(median(runs, Figures::deliveredPerSecond))
            + range(runs, Figures::deliveredPerSecond, true),
        Report.digits(median(runs, cpu)) + range(runs, cpu, false),
        peer.equals(peers.getFirst()) ? "-" : Report.digits(ratio),
        Report.whole(median(runs, Figures::rssMegabytes)),
        check(runs));
  }

  private void appendOpen(StringBuilder text, String scenario, String peer) {
    List<Figures> runs = open.get(new Key(scenario, peer));
    if (runs == null) {
      return;
    }
    ToDoubleFunction<Figures> p50 = each -> each.latency().p50() / 1000;
    ToDoubleFunction<Figures> p99 = each -> each.latency().p99() / 1000;
    row(
        text,
        scenario,
        peer,
        Report.whole(median(runs, Figures::publishedPerSecond)),
        Report.digits(median(runs, p50)) + range(runs, p50, false),
        Report.digits(median(runs, p99)) + range(runs, p99, false),
        Report.digits(median(runs, each -> each.latency().p999() / 1000)),
        Report.digits(median(runs, each -> each.cpu().brokerMicrosPerDelivery())),
        check(runs));
  }

  private static void row(StringBuilder text, String... cells) {
    text.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  private static String check(List<Figures> runs) {
    return runs.stream()
        .filter(each -> !each.check().isGood())
        .findFirst()
        .map(each -> each.check().describe())
        .orElse("ok");
  }

  private static String range(
      List<Figures> runs, ToDoubleFunction<Figures> figure, boolean isWhole) {
    double[] sorted = sorted(runs, figure);
    if (sorted.length < 2) {
      return "";
    }
    double least = sorted[0];
    double most = sorted[sorted.length - 1];
    return isWhole
        ? " (" + Report.whole(least) + "-" + Report.whole(most) + ")"
        : " (" + Report.digits(least) + "-" + Report.digits(most) + ")";
  }

  private static double median(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    double[] sorted = sorted(runs, figure);
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double[] sorted(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    return runs.stream().mapToDouble(figure).sorted().toArray();
  }
}
