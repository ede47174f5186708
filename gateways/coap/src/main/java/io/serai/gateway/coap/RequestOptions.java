package io.serai.gateway.coap;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's options, sorted into those of the message layer and those of resources. What is
 * unknown, of a wrong length or too often there is left out when it is elective, and makes the
 * request bad when it is critical (RFC 7252 §5.4.1 to §5.4.5).
 */
final class RequestOptions {
  /** No option. */
  private static final int NONE = -1;

  private final List<CoapOption> forResources;
  private int badNumber = NONE;
  private boolean isForProxy;
  private long observe = NONE;
  private int noResponse;
  private @Nullable BlockOption block1;
  private @Nullable BlockOption block2;
  private long size1 = NONE;
  private boolean asksForSize;
  private @Nullable CoapOption echo;
  private @Nullable CoapOption requestTag;

  private RequestOptions(List<CoapOption> all) {
    this.forResources = new ArrayList<>(all.size());
    int last = NONE;
    for (int i = 0; i < all.size(); i++) {
      CoapOption option = all.get(i);
      int number = option.number();
      boolean isRepeated = number == last;
      last = number;
      if (!isFit(option) || (isRepeated && !mayRepeat(number))) {
        if (option.isCritical() && badNumber == NONE) {
          badNumber = number;
        }
      } else {
        take(option);
      }
    }
  }

  static RequestOptions of(List<CoapOption> all) {
    return new RequestOptions(all);
  }

  private void take(CoapOption option) {
    switch (option.number()) {
      case CoapOption.OBSERVE -> observe = option.unsigned();
      case CoapOption.BLOCK1 -> block1 = BlockOption.in(List.of(option), CoapOption.BLOCK1);
      case CoapOption.BLOCK2 -> block2 = BlockOption.in(List.of(option), CoapOption.BLOCK2);
      case CoapOption.SIZE1 -> size1 = option.unsigned();
      case CoapOption.SIZE2 -> asksForSize = true;
      case CoapOption.ECHO -> echo = option;
      case CoapOption.NO_RESPONSE -> noResponse = (int) option.unsigned();
      case CoapOption.REQUEST_TAG -> requestTag = option;
      case CoapOption.PROXY_URI, CoapOption.PROXY_SCHEME -> isForProxy = true;
      case CoapOption.HOP_LIMIT -> {} // only a proxy counts it down
      default -> forResources.add(option);
    }
  }

  /** Whether it is known and as long as its format allows (RFC 7252 §5.10 and others). */
  private static boolean isFit(CoapOption option) {
    int length = option.length();
    return switch (option.number()) {
      case CoapOption.IF_MATCH -> length <= 8;
      case CoapOption.URI_HOST, CoapOption.PROXY_SCHEME ->
          length >= 1 && length <= 255 && option.isText();
      case CoapOption.ETAG -> length >= 1 && length <= 8;
      case CoapOption.IF_NONE_MATCH -> length == 0;
      case CoapOption.OBSERVE, CoapOption.BLOCK1, CoapOption.BLOCK2 -> length <= 3;
      case CoapOption.URI_PORT, CoapOption.CONTENT_FORMAT, CoapOption.ACCEPT -> length <= 2;
      case CoapOption.URI_PATH, CoapOption.URI_QUERY -> length <= 255 && option.isText();
      case CoapOption.SIZE1, CoapOption.SIZE2 -> length <= 4;
      case CoapOption.PROXY_URI -> length >= 1 && length <= 1034;
      case CoapOption.HOP_LIMIT -> length == 1;
      case CoapOption.ECHO -> length >= 1 && length <= 40;
      case CoapOption.NO_RESPONSE -> length <= 1;
      case CoapOption.REQUEST_TAG -> length <= 8;
      case CoapOption.TOPIC, CoapOption.PROPERTY -> option.isText();
      default -> false;
    };
  }

  private static boolean mayRepeat(int number) {
    return switch (number) {
      case CoapOption.IF_MATCH,
          CoapOption.ETAG,
          CoapOption.URI_PATH,
          CoapOption.URI_QUERY,
          CoapOption.REQUEST_TAG,
          CoapOption.PROPERTY ->
          true;
      default -> false;
    };
  }

  /** The first critical option that is not understood, or -1. */
  int badNumber() {
    return badNumber;
  }

  /** Whether it names a server behind this one. */
  boolean isForProxy() {
    return isForProxy;
  }

  /** Those that mean something to a resource, in order. */
  List<CoapOption> forResources() {
    return forResources;
  }

  /** 0 to register, 1 to deregister, -1 without the option. */
  long observe() {
    return observe;
  }

  /** Classes of answers the client does not want (RFC 7967 §2.1): a bit for each; 0 for none. */
  int noResponse() {
    return noResponse;
  }

  @Nullable BlockOption block1() {
    return block1;
  }

  @Nullable BlockOption block2() {
    return block2;
  }

  /** How long the whole body is to be, as announced, or -1. */
  long size1() {
    return size1;
  }

  /** Whether the client would know how long the answer's body is. */
  boolean asksForSize() {
    return asksForSize;
  }

  @Nullable CoapOption echo() {
    return echo;
  }

  /** What tells bodies apart that go to one resource at the same time (RFC 9175 §3). */
  @Nullable CoapOption requestTag() {
    return requestTag;
  }
}
