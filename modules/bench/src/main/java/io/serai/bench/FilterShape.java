package io.serai.bench;

/** What a million subscriptions look like. Levels that differ are as long as real ids are. */
public enum FilterShape {
  /** Every device at a place: the last level is common to all. */
  DEVICE {
    @Override
    public String filter(int i) {
      return "plant/site-" + i % 1000 + "/device-" + i + "/temp";
    }

    @Override
    public String topic(int i) {
      return filter(i);
    }
  },
  /** Everything of one device, under a long id. */
  SUBTREE {
    @Override
    public String filter(int i) {
      return "devices/" + id(i) + "/#";
    }

    @Override
    public String topic(int i) {
      return "devices/" + id(i) + "/status/battery";
    }
  },
  /** A device wherever it is. */
  WILDCARD {
    @Override
    public String filter(int i) {
      return "+/+/device-" + i + "/status";
    }

    @Override
    public String topic(int i) {
      return "eu/site-7/device-" + i + "/status";
    }
  };

  /** The filter of subscriber {@code i}, in MQTT spelling. */
  public abstract String filter(int i);

  /** A topic that only filter {@code i} matches. */
  public abstract String topic(int i);

  private static String id(int i) {
    return "%08x-5f3a-4c1e-9d27-%012x".formatted(i * 0x9E3779B9, i);
  }
}
