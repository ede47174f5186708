package io.serai.admin;

import io.serai.bus.Counters;
import java.util.List;

/** What a node says of itself. Read from any thread, a little late. */
public interface NodeView {
  /** The program's version. */
  String version();

  /** Whether the process still works; when not, a restart is the cure. */
  List<Check> liveness();

  /** Whether clients should be sent here. */
  List<Check> readiness();

  /** The counters of each loop and of each HTTP listener. */
  List<Counters> counters();

  /** Values that go up and down. */
  List<Gauge> gauges();
}
