package io.serai.model;

import org.jspecify.annotations.Nullable;

/**
 * The typed properties of a message in neutral form: what every protocol's mapping reads and writes
 * (docs/protocols/mapping.md has the table). Absent properties are null, or negative for numbers.
 *
 * @param contentType MIME type of the body
 * @param contentEncoding encoding of the body, such as gzip
 * @param correlationId opaque to the broker; AMQP 1.0 allows text, number, UUID or bytes, MQTT
 *     bytes
 * @param replyTo where to answer
 * @param messageId the publisher's own id
 * @param expiryMillis time to live counted from when the broker received it, -1 for none
 * @param priority 0 to 255, -1 when the publisher gave none
 * @param timestampMillis the publisher's clock, milliseconds since 1970, -1 for none
 * @param type the publisher's name for the kind of message (MQTT: none; AMQP 1.0: subject)
 * @param userId the user the publisher claims to be
 * @param appId the publishing application
 * @param durable whether the message asks to survive a restart
 */
public record Properties(
    @Nullable String contentType,
    @Nullable String contentEncoding,
    @Nullable Value correlationId,
    @Nullable ReplyTo replyTo,
    @Nullable Value messageId,
    long expiryMillis,
    int priority,
    long timestampMillis,
    @Nullable String type,
    @Nullable String userId,
    @Nullable String appId,
    boolean durable) {

  /** Nothing set. */
  public static final Properties NONE =
      new Properties(null, null, null, null, null, -1, -1, -1, null, null, null, false);

  /** A builder that starts empty. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these properties. */
  public Builder toBuilder() {
    Builder b = new Builder();
    b.contentType = contentType;
    b.contentEncoding = contentEncoding;
    b.correlationId = correlationId;
    b.replyTo = replyTo;
    b.messageId = messageId;
    b.expiryMillis = expiryMillis;
    b.priority = priority;
    b.timestampMillis = timestampMillis;
    b.type = type;
    b.userId = userId;
    b.appId = appId;
    b.durable = durable;
    return b;
  }

  /** Collects properties; each method sets one and returns the builder. */
  public static final class Builder {
    private @Nullable String contentType;
    private @Nullable String contentEncoding;
    private @Nullable Value correlationId;
    private @Nullable ReplyTo replyTo;
    private @Nullable Value messageId;
    private long expiryMillis = -1;
    private int priority = -1;
    private long timestampMillis = -1;
    private @Nullable String type;
    private @Nullable String userId;
    private @Nullable String appId;
    private boolean durable;

    private Builder() {}

    public Builder contentType(@Nullable String value) {
      contentType = value;
      return this;
    }

    public Builder contentEncoding(@Nullable String value) {
      contentEncoding = value;
      return this;
    }

    public Builder correlationId(@Nullable Value value) {
      correlationId = value;
      return this;
    }

    public Builder replyTo(@Nullable ReplyTo value) {
      replyTo = value;
      return this;
    }

    public Builder messageId(@Nullable Value value) {
      messageId = value;
      return this;
    }

    public Builder expiryMillis(long value) {
      expiryMillis = value;
      return this;
    }

    public Builder priority(int value) {
      priority = value;
      return this;
    }

    public Builder timestampMillis(long value) {
      timestampMillis = value;
      return this;
    }

    public Builder type(@Nullable String value) {
      type = value;
      return this;
    }

    public Builder userId(@Nullable String value) {
      userId = value;
      return this;
    }

    public Builder appId(@Nullable String value) {
      appId = value;
      return this;
    }

    public Builder durable(boolean value) {
      durable = value;
      return this;
    }

    /** The properties collected. */
    public Properties build() {
      return new Properties(
          contentType,
          contentEncoding,
          correlationId,
          replyTo,
          messageId,
          expiryMillis,
          priority,
          timestampMillis,
          type,
          userId,
          appId,
          durable);
    }
  }
}
