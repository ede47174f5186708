package io.serai.gateway.coap;

import io.serai.model.Body;

/**
 * ETags that follow from content (RFC 7252 §5.10.6): eight bytes, the same for equal content on
 * every node and after every start, and others when it differs (FNV-1a).
 */
public final class EntityTag {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private EntityTag() {}

  /**
   * The option for a body.
   *
   * @param variant tells representations with the same bytes apart, such as by their format
   */
  public static CoapOption of(Body body, long variant) {
    long hash = FNV_OFFSET ^ variant;
    for (int i = 0; i < body.chunkCount(); i++) {
      for (byte b : body.chunk(i)) {
        hash = (hash ^ b & 0xff) * FNV_PRIME;
      }
    }
    byte[] value = new byte[Long.BYTES];
    for (int i = 0; i < value.length; i++) {
      value[i] = (byte) (hash >> Byte.SIZE * i);
    }
    return CoapOption.owning(CoapOption.ETAG, value);
  }
}
