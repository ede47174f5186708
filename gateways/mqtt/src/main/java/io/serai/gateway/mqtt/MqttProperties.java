package io.serai.gateway.mqtt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one packet in the order they came (MQTT 5.0 §2.2.2). Immutable. PUBLISH keeps
 * its properties as bytes instead, see {@link MqttEncoding}.
 */
public final class MqttProperties {
  /** No properties. */
  public static final MqttProperties NONE = new MqttProperties(List.of());

  private final List<Property> all;

  /** One property. */
  sealed interface Property {
    PropertyId id();
  }

  /** A property that is a byte, an integer or a variable byte integer. */
  record Numeric(PropertyId id, long value) implements Property {}

  /** A property that is a UTF-8 string. */
  record Text(PropertyId id, String value) implements Property {}

  /** A property that is binary data. The array is not written to. */
  record Binary(PropertyId id, byte[] value) implements Property {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Binary that && id == that.id && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return id + "[" + value.length + " bytes]"; // authentication data stays out of logs
    }
  }

  /** A user property. */
  record Pair(String name, String value) implements Property {
    @Override
    public PropertyId id() {
      return PropertyId.USER_PROPERTY;
    }
  }

  private MqttProperties(List<Property> all) {
    this.all = all;
  }

  static MqttProperties of(List<Property> properties) {
    return properties.isEmpty() ? NONE : new MqttProperties(List.copyOf(properties));
  }

  /** A builder that starts empty. */
  public static Builder builder() {
    return new Builder();
  }

  /** The number under {@code id}, or {@code otherwise}. */
  public long number(PropertyId id, long otherwise) {
    return first(id) instanceof Numeric(_, long value) ? value : otherwise;
  }

  /** The string under {@code id}, or null. */
  public @Nullable String text(PropertyId id) {
    return first(id) instanceof Text(_, String value) ? value : null;
  }

  /** The bytes under {@code id}, or null. Callers must not write to them. */
  public byte @Nullable [] binary(PropertyId id) {
    return first(id) instanceof Binary(_, byte[] value) ? value : null;
  }

  public boolean has(PropertyId id) {
    return first(id) != null;
  }

  private @Nullable Property first(PropertyId id) {
    for (Property property : all) {
      if (property.id() == id) {
        return property;
      }
    }
    return null;
  }

  /** All properties, unmodifiable. */
  List<Property> list() {
    return all;
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** These properties without the kind {@code id}. */
  MqttProperties without(PropertyId id) {
    return has(id) ? of(all.stream().filter(p -> p.id() != id).toList()) : this;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MqttProperties that && all.equals(that.all);
  }

  @Override
  public int hashCode() {
    return all.hashCode();
  }

  @Override
  public String toString() {
    return all.toString();
  }

  /** Collects properties in order; each method adds one and returns the builder. */
  public static final class Builder {
    private final List<Property> all = new ArrayList<>();

    private Builder() {}

    public Builder number(PropertyId id, long value) {
      all.add(new Numeric(id, value));
      return this;
    }

    public Builder text(PropertyId id, String value) {
      all.add(new Text(id, value));
      return this;
    }

    public Builder binary(PropertyId id, byte[] value) {
      all.add(new Binary(id, value));
      return this;
    }

    public Builder user(String name, String value) {
      all.add(new Pair(name, value));
      return this;
    }

    /** The properties collected. */
    public MqttProperties build() {
      return of(all);
    }
  }
}
