package io.serai.gateway.mqtt;

import io.serai.bus.RouteQuestion;
import io.serai.gateway.mqtt.MqttProperties.Pair;
import io.serai.gateway.mqtt.MqttProperties.Property;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Rewrite;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an MQTT publisher said beside topic and body: QoS, the retain flag and, from MQTT 5, its
 * properties as they came, in order. Topic alias and subscription identifiers belong to one
 * connection and are not kept; the expiry is kept as a number because what is left of it changes.
 */
public final class MqttEncoding implements Encoding {
  private static final byte[] NO_PROPERTIES = {};
  private static final byte[] PRIORITY_NAME =
      NeutralNames.PRIORITY.getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ROUTE_QUESTION_NAME =
      RouteQuestion.HEADER.getBytes(StandardCharsets.US_ASCII);
  private static final int OVERHEAD_BYTES = 48;

  /** Without properties there are six encodings in all. */
  private static final MqttEncoding[] PLAIN = {
    new MqttEncoding(0, false, -1, NO_PROPERTIES), new MqttEncoding(0, true, -1, NO_PROPERTIES),
    new MqttEncoding(1, false, -1, NO_PROPERTIES), new MqttEncoding(1, true, -1, NO_PROPERTIES),
    new MqttEncoding(2, false, -1, NO_PROPERTIES), new MqttEncoding(2, true, -1, NO_PROPERTIES),
  };

  private final int qos;
  private final boolean isRetain;
  private final long expirySeconds;
  private final byte[] properties;

  /** Headers the broker added: text among the properties, and here as they are. */
  private final List<Header> added;

  // Derived on first use; benign races.
  private @Nullable Boolean asksForRoute;
  private int priority = -1;
  private @Nullable Properties neutralProperties;
  private @Nullable Headers neutralHeaders;

  private MqttEncoding(int qos, boolean isRetain, long expirySeconds, byte[] properties) {
    this(qos, isRetain, expirySeconds, properties, List.of());
  }

  private MqttEncoding(
      int qos, boolean isRetain, long expirySeconds, byte[] properties, List<Header> added) {
    this.added = added;
    this.qos = qos;
    this.isRetain = isRetain;
    this.expirySeconds = expirySeconds;
    this.properties = properties;
  }

  /** The shared encoding of a message without properties. */
  static MqttEncoding plain(int qos, boolean isRetain) {
    return PLAIN[qos * 2 + (isRetain ? 1 : 0)];
  }

  /**
   * The encoding of a message.
   *
   * @param expirySeconds the publisher's message expiry interval, -1 for none
   * @param properties the other properties as bytes without a length; kept, not copied
   */
  static MqttEncoding of(int qos, boolean isRetain, long expirySeconds, byte[] properties) {
    return expirySeconds < 0 && properties.length == 0
        ? plain(qos, isRetain)
        : new MqttEncoding(qos, isRetain, expirySeconds, properties);
  }

  /** This encoding with headers that the broker added. */
  MqttEncoding with(List<Header> headers) {
    return headers.isEmpty()
        ? this
        : new MqttEncoding(qos, isRetain, expirySeconds, properties, List.copyOf(headers));
  }

  /** The headers that the broker added. */
  List<Header> added() {
    return added;
  }

  /** The QoS it was published with, 0 to 2. */
  public int qos() {
    return qos;
  }

  /** Whether the publisher set the retain flag. */
  public boolean isRetain() {
    return isRetain;
  }

  /** The message expiry interval as published, in seconds; -1 for none. */
  long expirySeconds() {
    return expirySeconds;
  }

  /** The properties as bytes, without length, expiry and topic alias. Callers must not write. */
  byte[] propertyBytes() {
    return properties;
  }

  /** The properties parsed, the expiry not among them. */
  public MqttProperties mqttProperties() {
    return PropertiesCodec.parse(properties);
  }

  /** Whether the message asks where it would go; looked at once for messages that are alike. */
  boolean asksForRoute() {
    if (properties.length == 0) {
      return false;
    }
    Boolean known = asksForRoute;
    if (known == null) {
      known = contains(properties, ROUTE_QUESTION_NAME) && RouteQuestion.isAskedBy(headers());
      asksForRoute = known;
    }
    return known;
  }

  @Override
  public boolean isDurable() {
    return qos > 0;
  }

  @Override
  public long expiryMillis() {
    return expirySeconds < 0 ? -1 : expirySeconds * 1000;
  }

  @Override
  public int priority() {
    int known = priority;
    if (known < 0) {
      known = contains(properties, PRIORITY_NAME) ? Math.max(0, properties().priority()) : 0;
      priority = known;
    }
    return known;
  }

  @Override
  public int sizeBytes() {
    return properties.length == 0 ? 0 : OVERHEAD_BYTES + properties.length;
  }

  @Override
  public Properties properties() {
    Properties known = neutralProperties;
    if (known == null) {
      known = MqttMapping.neutralProperties(this);
      neutralProperties = known;
    }
    return known;
  }

  @Override
  public Headers headers() {
    Headers known = neutralHeaders;
    if (known == null) {
      known = MqttMapping.neutralHeaders(this);
      for (Header header : added) {
        known = known.with(header);
      }
      neutralHeaders = known;
    }
    return known;
  }

  @Override
  public Encoding rewritten(Rewrite rewrite) {
    List<Header> all = new ArrayList<>();
    for (Header header : added) {
      if (!rewrite.replaces(header.name())) {
        all.add(header);
      }
    }
    all.addAll(rewrite.headers());
    return new MqttEncoding(
        qos,
        isRetain,
        rewrite.dropsExpiry() ? -1 : expirySeconds,
        MqttMapping.rewritten(this, rewrite),
        List.copyOf(all));
  }

  /** The value of the first user property called {@code name}, or null. */
  @Nullable String userProperty(String name) {
    for (Property property : mqttProperties().list()) {
      if (property instanceof Pair(String n, String value) && n.equals(name)) {
        return value;
      }
    }
    return null;
  }

  private static boolean contains(byte[] bytes, byte[] part) {
    for (int from = 0; from <= bytes.length - part.length; from++) {
      if (bytes[from] == part[0]
          && Arrays.equals(bytes, from, from + part.length, part, 0, part.length)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MqttEncoding that
        && qos == that.qos
        && isRetain == that.isRetain
        && expirySeconds == that.expirySeconds
        && Arrays.equals(properties, that.properties)
        && added.equals(that.added);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(properties) * 31 + qos;
  }

  @Override
  public String toString() {
    return "MqttEncoding[qos="
        + qos
        + (isRetain ? ", retain" : "")
        + (expirySeconds < 0 ? "" : ", expiry=" + expirySeconds + " s")
        + (properties.length == 0 ? "" : ", " + mqttProperties())
        + "]";
  }
}
