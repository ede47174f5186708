package io.serai.gateway.wamp;

import io.serai.gateway.TextProperties;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Properties;
import io.serai.model.Value;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a WAMP publisher said beside its URI: the options that concern the message, and how its
 * arguments lie in the message's body. A lone text or byte string is the body itself; other
 * arguments are a document {@code {args, kwargs}} in the publisher's serializer, in which both
 * stand as the bytes they came as, so nothing is kept twice and nothing is parsed.
 */
public final class WampEncoding implements Encoding {
  /** How the arguments lie in the body. */
  public sealed interface Shape {
    /** There are none, and the body is empty. */
    record NoArguments() implements Shape {}

    /** {@code args} is one text: the body in UTF-8. */
    record LoneText() implements Shape {}

    /** {@code args} is one byte string: the body. */
    record LoneBytes() implements Shape {}

    /** {@code args} is one JSON value: the body, from a publisher of another protocol. */
    record LoneJson() implements Shape {}

    /**
     * The body is the document; places of both parts in it, -1 for one that is absent.
     *
     * @param serializer what the document and its parts are written in
     */
    record Document(
        WampSerializer serializer, int argsFrom, int argsTo, int kwargsFrom, int kwargsTo)
        implements Shape {}
  }

  /** An encoding and the body it describes. */
  public record Published(WampEncoding encoding, Body body) {}

  private static final int OVERHEAD_BYTES = 56;

  private final Headers options;
  private final Shape shape;
  private @Nullable Neutral neutral;

  WampEncoding(Headers options, Shape shape) {
    this.options = options;
    this.shape = shape;
  }

  /**
   * What a PUBLISH (or CALL, YIELD) says.
   *
   * @param options the ones that concern the message: {@code retain}, {@code ppt_...}, {@code
   *     x_...}
   * @param args a list in {@code serializer}, or null
   * @param kwargs a dictionary in {@code serializer}, or null
   * @throws IllegalArgumentException when they are malformed
   */
  public static Published of(
      List<Header> options,
      WampSerializer serializer,
      byte @Nullable [] args,
      byte @Nullable [] kwargs) {
    Headers kept = Headers.of(options);
    WampSerializer.Form form = serializer.form();
    byte[] names = kwargs == null || form.isEmptyMap(kwargs, 0) ? null : kwargs;
    if (args == null && names == null) {
      return new Published(new WampEncoding(kept, new Shape.NoArguments()), Body.EMPTY);
    }
    int item = args == null || names != null ? -1 : form.onlyItem(args, 0);
    if (args != null && item >= 0) {
      byte[] text = form.text(args, item);
      if (text != null) {
        return new Published(new WampEncoding(kept, new Shape.LoneText()), Body.of(text));
      }
      byte[] bytes = form.bytes(args, item);
      if (bytes != null) {
        return new Published(new WampEncoding(kept, new Shape.LoneBytes()), Body.of(bytes));
      }
    }
    byte[] list = args == null ? emptyList(serializer) : args;
    if (form.end(list, 0) != list.length || names != null && form.end(names, 0) != names.length) {
      throw new IllegalArgumentException("arguments are followed by something else");
    }
    byte[] document = form.document(list, names);
    Shape shape = documentShape(serializer, document);
    if (shape == null) {
      throw new IllegalArgumentException("arguments are malformed");
    }
    return new Published(new WampEncoding(kept, shape), Body.of(document));
  }

  private static byte[] emptyList(WampSerializer serializer) {
    return switch (serializer) {
      case JSON -> new byte[] {'[', ']'};
      case CBOR -> new byte[] {(byte) 0x80};
      case MSGPACK -> new byte[] {(byte) 0x90};
    };
  }

  /** The shape of a body that should be a document, or null when it is none. */
  static @Nullable Shape documentShape(WampSerializer serializer, byte[] document) {
    try {
      int[] p = serializer.form().arguments(document);
      return p == null ? null : new Shape.Document(serializer, p[0], p[1], p[2], p[3]);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** The options that concern the message, in order. */
  public Headers options() {
    return options;
  }

  /** How the arguments lie in the body. */
  public Shape shape() {
    return shape;
  }

  /**
   * The positional arguments as a list in {@code wanted}, or null when there are none or they are a
   * document in another serializer, which has to be transcoded.
   */
  public byte @Nullable [] args(Body body, WampSerializer wanted) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    switch (shape) {
      case Shape.NoArguments() -> {
        return null;
      }
      case Shape.LoneText() -> wanted.form().writeOnlyText(body.toByteArray(), out);
      case Shape.LoneBytes() -> wanted.form().writeOnlyBytes(body.toByteArray(), out);
      case Shape.LoneJson() -> {
        return wanted == WampSerializer.JSON ? JsonForm.listOf(body.toByteArray()) : null;
      }
      case Shape.Document(var own, int from, int to, _, _) -> {
        return own == wanted && from >= 0 ? Arrays.copyOfRange(body.toByteArray(), from, to) : null;
      }
    }
    return out.toByteArray();
  }

  /** The keyword arguments as a dictionary in {@code wanted}, or null as for {@link #args}. */
  public byte @Nullable [] kwargs(Body body, WampSerializer wanted) {
    return shape instanceof Shape.Document(var own, _, _, int from, int to)
            && own == wanted
            && from >= 0
        ? Arrays.copyOfRange(body.toByteArray(), from, to)
        : null;
  }

  @Override
  public boolean isDurable() {
    return WampMapping.isTrue(options.first(WampMapping.DURABLE));
  }

  @Override
  public long expiryMillis() {
    return number(WampMapping.EXPIRATION, Long.MAX_VALUE);
  }

  @Override
  public int priority() {
    return (int) Math.max(0, number(WampMapping.PRIORITY, 255));
  }

  private long number(String name, long most) {
    Value value = options.first(name);
    return value == null ? -1 : TextProperties.decimal(value.asText(), most);
  }

  @Override
  public int sizeBytes() {
    int size = OVERHEAD_BYTES;
    for (Header option : options) {
      size += OVERHEAD_BYTES + option.name().length() + option.value().asText().length();
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
      known = WampMapping.neutral(this);
      neutral = known;
    }
    return known;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WampEncoding that
        && options.equals(that.options)
        && shape.equals(that.shape);
  }

  @Override
  public int hashCode() {
    return options.hashCode();
  }

  @Override
  public String toString() {
    return "WampEncoding[" + options + ", " + shape + "]";
  }
}
