package io.serai.gateway.coap.resource;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * What the CoAP peers of a node share whatever loop they are on: clients come back from another
 * port, and so to another loop. Thread-safe, without waiting.
 */
public final class NodeResources {
  private static final int RANDOM_BYTES = 16;

  private final ConnectionTokens tokens = new ConnectionTokens();
  private final HeldMessages held = new HeldMessages();
  private final TopicCollection collection = new TopicCollection();
  private final Supplier<String> randomNames;

  /** State of a node that has just started: none. */
  public NodeResources() {
    this(new Randomness());
  }

  /**
   * @param randomNames names that nobody was given before and nobody can guess
   */
  NodeResources(Supplier<String> randomNames) {
    this.randomNames = randomNames;
  }

  /** Names from the system's randomness. */
  private static final class Randomness implements Supplier<String> {
    private final SecureRandom random = new SecureRandom();

    @Override
    public String get() {
      byte[] bytes = new byte[RANDOM_BYTES];
      random.nextBytes(bytes);
      return HexFormat.of().formatHex(bytes);
    }
  }

  ConnectionTokens tokens() {
    return tokens;
  }

  HeldMessages held() {
    return held;
  }

  TopicCollection collection() {
    return collection;
  }

  String randomName() {
    return randomNames.get();
  }
}
