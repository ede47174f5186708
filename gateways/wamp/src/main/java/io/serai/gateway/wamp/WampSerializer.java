package io.serai.gateway.wamp;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The serializers of WAMP, as far as arguments are looked into: where a value ends, and texts and
 * bytes on their own. Nothing here builds objects; arguments stay the bytes they came as.
 */
public enum WampSerializer {
  JSON("json"),
  CBOR("cbor"),
  MSGPACK("msgpack");

  private static final String TYPE_PREFIX = "application/vnd.serai.wamp+";

  /** A kind of bytes that values are written as. Malformed bytes: IllegalArgumentException. */
  interface Form {
    /** The index behind the value that starts at {@code at}. */
    int end(byte[] in, int at);

    /**
     * The index of the only item of the list at {@code at}, or -1 when it is no list or holds
     * another number of items.
     */
    int onlyItem(byte[] in, int at);

    /** The text at {@code at} in UTF-8, or null when the value is no text. */
    byte @Nullable [] text(byte[] in, int at);

    /** The bytes at {@code at}, or null when the value is no byte string. */
    byte @Nullable [] bytes(byte[] in, int at);

    /** Whether the value at {@code at} is a dictionary without entries. */
    boolean isEmptyMap(byte[] in, int at);

    /**
     * The places of the values called {@code args} and {@code kwargs} in the dictionary that {@code
     * in} is, each {@code from, to}, -1 for one that is not there; null when it is no dictionary or
     * has other keys.
     */
    int @Nullable [] arguments(byte[] in);

    /** Writes a dictionary with the keys {@code args} and, unless null, {@code kwargs}. */
    byte[] document(byte[] args, byte @Nullable [] kwargs);

    /** Appends a list whose only item is this text (UTF-8). */
    void writeOnlyText(byte[] utf8, ByteArrayOutputStream out);

    /** Appends a list whose only item are these bytes. */
    void writeOnlyBytes(byte[] bytes, ByteArrayOutputStream out);
  }

  private static final JsonForm JSON_FORM = new JsonForm();
  private static final CborForm CBOR_FORM = new CborForm();
  private static final MsgpackForm MSGPACK_FORM = new MsgpackForm();

  private final String suffix;

  WampSerializer(String suffix) {
    this.suffix = suffix;
  }

  Form form() {
    return switch (this) {
      case JSON -> JSON_FORM;
      case CBOR -> CBOR_FORM;
      case MSGPACK -> MSGPACK_FORM;
    };
  }

  /** The content type of a body that is the document {@code {args, kwargs}}. */
  public String documentType() {
    return TYPE_PREFIX + suffix;
  }

  /** The serializer of a body of this content type, or null when it is no such document. */
  static @Nullable WampSerializer ofDocumentType(@Nullable String contentType) {
    for (WampSerializer serializer : values()) {
      if (serializer.documentType().equals(contentType)) {
        return serializer;
      }
    }
    return null;
  }
}
