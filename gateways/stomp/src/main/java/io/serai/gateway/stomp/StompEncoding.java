package io.serai.gateway.stomp;

import io.serai.gateway.TextProperties;
import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Properties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a SEND that belong to the message, in the publisher's order with repeats: STOMP
 * consumers get exactly these back beside those the broker makes. Unescaped; escaping is the
 * codec's, as it differs between versions.
 */
public final class StompEncoding implements Encoding {
  /** A header; of repeated names the first one counts (STOMP 1.2 "Repeated Header Entries"). */
  public record Field(String name, String value) {}

  /** No headers. */
  public static final StompEncoding NONE = new StompEncoding(List.of());

  static final String PERSISTENT = "persistent";

  /** What belongs to one frame or is the broker's in a MESSAGE, and so not to the message. */
  static final Set<String> FRAME_HEADERS =
      Set.of(
          "destination",
          "content-length",
          "receipt",
          "transaction",
          "subscription",
          "message-id",
          "ack",
          "redelivered",
          "delivery-count",
          "on-error");

  private static final int OVERHEAD_BYTES = 48;

  private final List<Field> fields;
  private final boolean isDurable;
  private final long expiryMillis;
  private final int priority;
  private @Nullable Neutral neutral;

  /** The fields as each version writes them; see {@link #lines}. */
  private final byte[] @Nullable [] lines = new byte[StompVersion.values().length][];

  private StompEncoding(List<Field> fields) {
    this.fields = fields;
    this.isDurable = "true".equals(first(PERSISTENT));
    this.expiryMillis = number(TextProperties.EXPIRATION, Long.MAX_VALUE);
    this.priority = (int) Math.max(0, number(TextProperties.PRIORITY, 255));
  }

  /** The encoding of a message with these headers, those of the frame left out. */
  public static StompEncoding of(List<Field> headers) {
    List<Field> kept =
        headers.stream().filter(field -> !FRAME_HEADERS.contains(field.name())).toList();
    return kept.isEmpty() ? NONE : new StompEncoding(kept);
  }

  private long number(String name, long most) {
    String text = first(name);
    return text == null ? -1 : TextProperties.decimal(text, most);
  }

  /** The value of the first header called {@code name}, or null. */
  public @Nullable String first(String name) {
    for (Field field : fields) {
      if (field.name().equals(name)) {
        return field.value();
      }
    }
    return null;
  }

  /** These headers with another value for the first one called {@code name}. */
  StompEncoding with(String name, String value) {
    List<Field> changed = new ArrayList<>(fields);
    for (int i = 0; i < changed.size(); i++) {
      if (changed.get(i).name().equals(name)) {
        changed.set(i, new Field(name, value));
        break;
      }
    }
    return new StompEncoding(List.copyOf(changed));
  }

  /** All headers in order, unmodifiable. */
  public List<Field> fields() {
    return fields;
  }

  /**
   * The headers as {@code version} writes them, one line each; made once however many consumers
   * there are. Callers must not write to the array.
   */
  byte[] lines(StompVersion version) {
    byte[] known = lines[version.ordinal()];
    if (known == null) {
      StringBuilder out = new StringBuilder();
      for (Field field : fields) {
        out.append(HeaderEscapes.name(field.name(), version))
            .append(':')
            .append(HeaderEscapes.value(field.value(), version))
            .append('\n');
      }
      known = out.toString().getBytes(StandardCharsets.UTF_8);
      lines[version.ordinal()] = known;
    }
    return known;
  }

  @Override
  public boolean isDurable() {
    return isDurable;
  }

  @Override
  public long expiryMillis() {
    return expiryMillis;
  }

  @Override
  public int priority() {
    return priority;
  }

  @Override
  public int sizeBytes() {
    int size = fields.isEmpty() ? 0 : OVERHEAD_BYTES;
    for (Field field : fields) {
      size += OVERHEAD_BYTES + field.name().length() + field.value().length();
    }
    return size;
  }

  @Override
  public Properties properties() {
    return neutral().properties();
  }

  @Override
  public Headers headers() {
    return neutral().headers();
  }

  /** Built on first use; two loops may both build it, to the same result. */
  private Neutral neutral() {
    Neutral known = neutral;
    if (known == null) {
      known = StompMapping.neutral(this);
      neutral = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StompEncoding that && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return fields.hashCode();
  }

  @Override
  public String toString() {
    return "StompEncoding" + fields;
  }
}
