package io.serai.bench.load;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one run measured. Rates, CPU and latencies are of the measured window, counts of the whole
 * run. A figure that cannot be known (no process id, no confirms) is NaN.
 *
 * @param scenario its name
 * @param ratePerSecond constant rate, 0 for a closed loop
 * @param publishedPerSecond messages published
 * @param deliveredPerSecond deliveries
 * @param latency from the time a message was due to its delivery, microseconds; in a closed loop it
 *     is the time spent in the window
 * @param confirm from the time a message was due to its confirm, microseconds
 * @param cpu CPU of the broker, this tool and everybody else
 * @param rssMegabytes resident memory of the broker at the end of the window
 * @param peakRssMegabytes its peak
 * @param allocatedBytesPerDelivery heap bytes the broker's threads allocated per delivery
 * @param lateMessages messages published more than 1 ms after they were due
 * @param check what became of every message
 */
public record Figures(
    String scenario,
    double ratePerSecond,
    double publishedPerSecond,
    double deliveredPerSecond,
    Percentiles latency,
    Percentiles confirm,
    Cpu cpu,
    double rssMegabytes,
    double peakRssMegabytes,
    double allocatedBytesPerDelivery,
    long lateMessages,
    Check check) {

  /** Microseconds at three percentiles, and the longest. */
  public record Percentiles(double p50, double p99, double p999, double max) {}

  /**
   * CPU in the window.
   *
   * @param brokerMicrosPerPublished user and system time of the broker's process, all threads
   * @param brokerMicrosPerDelivery the same per delivery
   * @param brokerCores cores the broker used
   * @param toolMicrosPerDelivery this tool's own cost
   * @param toolCores cores this tool used; near 1 in a closed loop, the run measured the tool
   * @param otherCores cores the rest of the machine used
   */
  public record Cpu(
      double brokerMicrosPerPublished,
      double brokerMicrosPerDelivery,
      double brokerCores,
      double toolMicrosPerDelivery,
      double toolCores,
      double otherCores) {}

  /**
   * Every message accounted for.
   *
   * @param published messages sent
   * @param delivered deliveries that came, good or bad
   * @param lost deliveries that did not come
   * @param doubled deliveries that came again
   * @param reordered deliveries that came after a later one of the same publisher
   * @param corrupt deliveries with changed bytes, of a foreign run or at the wrong consumer
   * @param refused messages the broker returned or answered with nack
   * @param unconfirmed messages without a confirm at the end
   */
  public record Check(
      long published,
      long delivered,
      long lost,
      long doubled,
      long reordered,
      long corrupt,
      long refused,
      long unconfirmed) {
    /** Whether every message came once, unchanged and in order. */
    public boolean isGood() {
      return lost == 0
          && doubled == 0
          && reordered == 0
          && corrupt == 0
          && refused == 0
          && unconfirmed == 0;
    }

    /** {@code ok}, or what is wrong. */
    public String describe() {
      if (isGood()) {
        return "ok";
      }
      StringBuilder text = new StringBuilder("BAD");
      append(text, "lost", lost);
      append(text, "doubled", doubled);
      append(text, "reordered", reordered);
      append(text, "corrupt", corrupt);
      append(text, "refused", refused);
      append(text, "unconfirmed", unconfirmed);
      return text.toString();
    }

    private static void append(StringBuilder text, String name, long count) {
      if (count != 0) {
        text.append(' ').append(name).append('=').append(count);
      }
    }
  }

  /** Every figure by the name it has in JSON. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("scenario", scenario);
    map.put("loop", ratePerSecond > 0 ? "open" : "closed");
    map.put("rate_per_s", ratePerSecond);
    map.put("published_per_s", publishedPerSecond);
    map.put("delivered_per_s", deliveredPerSecond);
    map.put("cpu_us_per_published", cpu.brokerMicrosPerPublished());
    map.put("cpu_us_per_delivery", cpu.brokerMicrosPerDelivery());
    map.put("cpu_cores", cpu.brokerCores());
    map.put("tool_us_per_delivery", cpu.toolMicrosPerDelivery());
    map.put("tool_cores", cpu.toolCores());
    map.put("other_cores", cpu.otherCores());
    put(map, "latency", latency);
    put(map, "confirm", confirm);
    map.put("rss_mb", rssMegabytes);
    map.put("peak_rss_mb", peakRssMegabytes);
    map.put("allocated_bytes_per_delivery", allocatedBytesPerDelivery);
    map.put("late", lateMessages);
    map.put("published", check.published());
    map.put("delivered", check.delivered());
    map.put("lost", check.lost());
    map.put("doubled", check.doubled());
    map.put("reordered", check.reordered());
    map.put("corrupt", check.corrupt());
    map.put("refused", check.refused());
    map.put("unconfirmed", check.unconfirmed());
    map.put("ok", check.isGood());
    return map;
  }

  private static void put(Map<String, Object> map, String name, Percentiles micros) {
    map.put(name + "_p50_us", micros.p50());
    map.put(name + "_p99_us", micros.p99());
    map.put(name + "_p999_us", micros.p999());
    map.put(name + "_max_us", micros.max());
  }
}
