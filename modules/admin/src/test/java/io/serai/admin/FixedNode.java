package io.serai.admin;

import io.serai.bus.Counters;
import java.util.List;
import java.util.Map;

/** A node whose answers a test sets. */
record FixedNode(
    List<Check> liveness, List<Check> readiness, List<Counters> counters, List<Gauge> gauges)
    implements NodeView {

  static FixedNode healthy() {
    return new FixedNode(
        List.of(Check.up("loops", "2 of 2 turn")),
        List.of(Check.up("listener mqtt", "127.0.0.1:1883")),
        List.of(new Counters(), new Counters()),
        List.of(
            new Gauge("serai_queues", "Queues there are.", Map.of("kind", "classic"), () -> 7)));
  }

  FixedNode readiness(Check... checks) {
    return new FixedNode(liveness, List.of(checks), counters, gauges);
  }

  @Override
  public String version() {
    return "1.2.3";
  }
}
