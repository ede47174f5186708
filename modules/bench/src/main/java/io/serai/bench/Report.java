package io.serai.bench;

import io.serai.bench.load.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of figures, one line a run. */
final class Report {
  private static final String LINE = "%-16s %-10s %12s %12s %10s %8s %8s %8s %7s %9s  %s%n";

  /** From here on the tool, not the broker, decides how fast a closed loop is. */
  private static final double TOOL_LIMIT_CORES = 0.9;

  private static final double NOISE_CORES = 0.2;

  private Report() {}

  static String head() {
    return LINE.formatted(
        "scenario",
        "load",
        "published/s",
        "delivered/s",
        "CPU us/dlv",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "RSS MB",
        "tool us",
        "check");
  }

  static String line(Figures figures) {
    boolean isOpen = figures.ratePerSecond() > 0;
    Figures.Percentiles latency = figures.latency();
    return LINE.formatted(
        figures.scenario(),
        isOpen ? whole(figures.ratePerSecond()) + "/s" : "max",
        whole(figures.publishedPerSecond()),
        whole(figures.deliveredPerSecond()),
        digits(figures.cpu().brokerMicrosPerDelivery()),
        isOpen ? digits(latency.p50() / 1000) : "-",
        isOpen ? digits(latency.p99() / 1000) : "-",
        isOpen ? digits(latency.p999() / 1000) : "-",
        whole(figures.rssMegabytes()),
        digits(figures.cpu().toolMicrosPerDelivery()),
        figures.check().describe());
  }

  /** What the line does not say: confirms, allocation, and what makes its figures doubtful. */
  static List<String> notes(Figures figures) {
    List<String> notes = new ArrayList<>();
    Figures.Percentiles confirm = figures.confirm();
    if (!Double.isNaN(confirm.p50())) {
      notes.add(
          "confirms: p50 "
              + digits(confirm.p50() / 1000)
              + " ms, p99 "
              + digits(confirm.p99() / 1000)
              + " ms");
    }
    if (!Double.isNaN(figures.allocatedBytesPerDelivery())) {
      notes.add("allocation: " + whole(figures.allocatedBytesPerDelivery()) + " bytes a delivery");
    }
    boolean isOpen = figures.ratePerSecond() > 0;
    if (!isOpen && figures.cpu().toolCores() > TOOL_LIMIT_CORES) {
      notes.add(
          "the tool itself used "
              + digits(figures.cpu().toolCores())
              + " cores: rates are lower bounds, CPU per delivery holds");
    }
    if (figures.cpu().otherCores() > NOISE_CORES) {
      notes.add(
          "others used "
              + digits(figures.cpu().otherCores())
              + " cores: quote only CPU per delivery");
    }
    if (isOpen && figures.publishedPerSecond() < 0.98 * figures.ratePerSecond()) {
      notes.add("the rate was not reached: latencies contain the time messages waited to be sent");
    }
    return notes;
  }

  /** A number without fraction, thousands apart; {@code -} when unknown. */
  static String whole(double number) {
    return Double.isNaN(number) ? "-" : String.format(Locale.ROOT, "%,.0f", number);
  }

  /** A number with three significant digits; {@code -} when unknown. */
  static String digits(double number) {
    if (Double.isNaN(number)) {
      return "-";
    }
    double size = Math.abs(number);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, number);
  }
}
