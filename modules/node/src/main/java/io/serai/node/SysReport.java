package io.serai.node;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Turns figures into topics under {@code $SYS/broker/}, named as Mosquitto names them. */
final class SysReport {
  private final String version;
  private final Map<String, LoadAverage> loads = new LinkedHashMap<>();
  private final Map<String, String> told = new HashMap<>();
  private long mostClients;
  private long mostHeapBytes;

  SysReport(String version) {
    this.version = version;
  }

  /**
   * What has changed since the last time, by topic below {@code $SYS/broker/}.
   *
   * @param seconds since then, above 0
   */
  Map<String, String> update(SysFigures now, double seconds) {
    Map<String, String> changed = new LinkedHashMap<>();
    all(now, seconds)
        .forEach((topic, value) -> {
          if (!value.equals(told.put(topic, value))) {
            changed.put(topic, value);
          }
        });
    return changed;
  }

  private Map<String, String> all(SysFigures now, double seconds) {
    mostClients = Math.max(mostClients, now.clients());
    mostHeapBytes = Math.max(mostHeapBytes, now.heapBytes());
    long absent = Math.max(0, now.sessions() - now.clients());
    Map<String, String> values = new LinkedHashMap<>();
    values.put("version", "serai version " + version);
    values.put("uptime", now.uptimeSeconds() + " seconds");
    put(values, "clients/connected", now.clients());
    put(values, "clients/active", now.clients());
    put(values, "clients/disconnected", absent);
    put(values, "clients/inactive", absent);
    put(values, "clients/total", now.clients() + absent);
    put(values, "clients/maximum", mostClients);
    put(values, "messages/received", now.received());
    put(values, "messages/sent", now.sent());
    put(values, "publish/messages/received", now.received());
    put(values, "publish/messages/sent", now.sent());
    put(values, "publish/messages/dropped", now.dropped());
    put(values, "bytes/received", now.bytesIn());
    put(values, "bytes/sent", now.bytesOut());
    put(values, "subscriptions/count", now.subscriptions());
    put(values, "shared_subscriptions/count", now.groups());
    put(values, "retained messages/count", now.retained());
    put(values, "store/messages/bytes", now.heldBytes());
    put(values, "heap/current", now.heapBytes());
    put(values, "heap/maximum", mostHeapBytes);
    load(values, "messages/received", now.received(), seconds);
    load(values, "messages/sent", now.sent(), seconds);
    load(values, "publish/received", now.received(), seconds);
    load(values, "publish/sent", now.sent(), seconds);
    load(values, "publish/dropped", now.dropped(), seconds);
    load(values, "bytes/received", now.bytesIn(), seconds);
    load(values, "bytes/sent", now.bytesOut(), seconds);
    load(values, "sockets", now.opened(), seconds);
    load(values, "connections", now.opened(), seconds);
    return values;
  }

  private static void put(Map<String, String> values, String topic, long value) {
    values.put(topic, Long.toString(value));
  }

  private void load(Map<String, String> values, String topic, long total, double seconds) {
    LoadAverage load = loads.computeIfAbsent(topic, _ -> new LoadAverage());
    load.read(total, seconds);
    for (int i = 0; i < LoadAverage.SPANS.length; i++) {
      values.put(
          "load/" + topic + "/" + LoadAverage.SPANS[i] + "min",
          String.format(Locale.ROOT, "%.2f", load.perMinute(i)));
    }
  }
}
